import {readFile} from 'node:fs/promises';
import {load} from 'js-yaml';
import {POD_SETTINGS} from '../config/pod-settings.ts';
import {isInline} from '../config/pod-values.ts';
import {yamlProblem} from '../config/yaml-problem.ts';
import {SettingsError} from '../errors.ts';

type Mapping = Record<string, unknown>;

/** Lists of a pod spec that are merged item by item, and the field that identifies an item, as in Kubernetes' strategic merge. */
const KEYED_LISTS: Readonly<Record<string, string>> = {
  containers: 'name',
  initContainers: 'name',
  volumes: 'name',
  env: 'name',
  volumeMounts: 'mountPath',
  imagePullSecrets: 'name',
  ports: 'containerPort',
};

/** Lists whose items have a name and exactly one source, such as `emptyDir`: two of them must not be merged. */
const ONE_SOURCE = new Set(['volumes', 'env']);

/** Fields with which PID 1 of the agent's container is another process than ours: the start signals it. */
const SHARED_PROCESSES = ['shareProcessNamespace', 'hostPID'];

/**
 * The pod template in GC_K8S_POD_TEMPLATE: the path of a YAML file, or the template itself as JSON. Raises
 * a SettingsError that names the file and what is wrong, with the line where the YAML is not valid.
 */
export async function readTemplate(setting: string): Promise<Mapping> {
  const {variable} = POD_SETTINGS.podTemplate;
  const where = isInline(setting) ? variable : `${variable}=${setting}`;
  let template: unknown;
  try {
    template = load(isInline(setting) ? setting : await readFile(setting, 'utf8'));
  } catch (error) {
    throw new SettingsError(`${where} cannot be read: ${yamlProblem(error)}`, {cause: error});
  }
  if (!isMapping(template)) throw new SettingsError(`${where} is not a pod: a mapping is needed`);
  for (const field of ['metadata', 'spec']) {
    if (template[field] !== undefined && !isMapping(template[field])) {
      throw new SettingsError(`${where}: ${field} must be a mapping`);
    }
  }
  const {spec} = template;
  for (const field of SHARED_PROCESSES) {
    if (isMapping(spec) && spec[field] === true) {
      throw new SettingsError(
        `${where}: spec.${field} must not be true: agents are started and stopped by PID 1 of their own container; take it out`,
      );
    }
  }
  return template;
}

/** The pod merged over the template: where both set a field, the pod's value counts; see KEYED_LISTS for lists. */
export function mergeUnder<T extends object>(template: Mapping, pod: T): T {
  return merged(template, pod) as T;
}

function merged(under: unknown, over: unknown, field = ''): unknown {
  if (over === undefined) return under;
  if (isMapping(under) && isMapping(over)) {
    const names = [...new Set([...Object.keys(over), ...Object.keys(under)])];
    return Object.fromEntries(names.map(name => [name, merged(under[name], over[name], name)]));
  }
  const key = KEYED_LISTS[field];
  if (key !== undefined && Array.isArray(under) && Array.isArray(over)) {
    return mergedList(under, over, {key, isOneSource: ONE_SOURCE.has(field)});
  }
  return over;
}

function mergedList(
  under: readonly unknown[],
  over: readonly unknown[],
  {key, isOneSource}: {key: string; isOneSource: boolean},
): unknown[] {
  const keyOf = (item: unknown) => (isMapping(item) ? item[key] : item);
  const ours = over.map(item => {
    const mate = under.find(candidate => keyOf(candidate) === keyOf(item));
    return isOneSource && !hasFieldsOf(item, mate) ? item : merged(mate, item);
  });
  const others = under.filter(item => !over.some(candidate => keyOf(candidate) === keyOf(item)));
  return [...ours, ...others];
}

function hasFieldsOf(item: unknown, mate: unknown): boolean {
  if (!isMapping(item) || !isMapping(mate)) return true;
  return Object.keys(mate).every(name => Object.hasOwn(item, name));
}

function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
