import type {JsonObject} from '../json.ts';
import {objectAt, objectsAt, stringAt} from '../json.ts';
import type {ApiObject} from '../store/object.ts';
import type {Store} from '../store/store.ts';
import {configData} from './config-data.ts';
import {expanded} from './expansion.ts';
import {fieldOf} from './fields.ts';

/** Something the container's spec refers to is missing or invalid; it waits with CreateContainerConfigError. */
export class ConfigError extends Error {}

/** The sources of a container's variables. */
export interface Sources {
  readonly store: Store;
  readonly pod: ApiObject;
  readonly podIP: string;
  /** The variables of every container. */
  readonly base: Readonly<Record<string, string>>;
}

/** The variables of a container, later ones expanded from earlier ones. Raises ConfigError. */
export function environmentOf(sources: Sources, container: JsonObject): Record<string, string> {
  const variables: Record<string, string> = {...sources.base};
  for (const source of objectsAt(container, 'envFrom')) {
    Object.assign(variables, wholeSource(sources, source));
  }
  for (const entry of objectsAt(container, 'env')) {
    const name = stringAt(entry, 'name') ?? '';
    const value =
      entry.valueFrom === undefined
        ? expanded(stringAt(entry, 'value') ?? '', variables)
        : referred(sources, container, objectAt(entry, 'valueFrom'));
    if (value !== undefined) variables[name] = value;
  }
  return variables;
}

/** Every key of a ConfigMap or Secret. */
function wholeSource({store, pod}: Sources, source: JsonObject): Record<string, string> {
  const prefix = stringAt(source, 'prefix') ?? '';
  const kind = source.secretRef === undefined ? 'configmaps' : 'secrets';
  const reference = objectAt(source, kind === 'secrets' ? 'secretRef' : 'configMapRef');
  const data = configData(
    store,
    kind,
    pod.metadata.namespace ?? '',
    stringAt(reference, 'name') ?? '',
  );
  if (data === undefined) {
    if (reference.optional === true) return {};
    throw notFound(kind, reference);
  }
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => [`${prefix}${key}`, value.toString()]),
  );
}

function referred(sources: Sources, container: JsonObject, from: JsonObject): string | undefined {
  const {store, pod} = sources;
  if (from.fieldRef !== undefined || from.resourceFieldRef !== undefined) {
    return fieldOf(pod, {from, podIP: sources.podIP, container});
  }
  const kind = from.secretKeyRef === undefined ? 'configmaps' : 'secrets';
  const reference = objectAt(from, kind === 'secrets' ? 'secretKeyRef' : 'configMapKeyRef');
  const name = stringAt(reference, 'name') ?? '';
  const key = stringAt(reference, 'key') ?? '';
  const namespace = pod.metadata.namespace ?? '';
  const data = configData(store, kind, namespace, name);
  if (data?.[key] !== undefined) return data[key].toString();
  if (reference.optional === true) return undefined;
  if (data === undefined) throw notFound(kind, reference);
  const word = kind === 'secrets' ? 'Secret' : 'ConfigMap';
  throw new ConfigError(`couldn't find key ${key} in ${word} ${namespace}/${name}`);
}

function notFound(kind: string, reference: JsonObject): ConfigError {
  const word = kind === 'secrets' ? 'secret' : 'configmap';
  return new ConfigError(`${word} ${JSON.stringify(stringAt(reference, 'name') ?? '')} not found`);
}
