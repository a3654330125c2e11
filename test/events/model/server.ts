import type {KubeFailure} from '../../../src/errors.ts';
import {KubeError} from '../../../src/errors.ts';
import type {ConfigMap, Selector} from '../../../src/kube/cluster.ts';

interface Change {
  readonly version: number;
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: ConfigMap;
}

const STATUS: Partial<Record<KubeFailure, number>> = {
  notFound: 404,
  exists: 409,
  conflict: 409,
  invalid: 422,
  gone: 410,
};

export function failure(kind: KubeFailure, outcomeUnknown = false): KubeError {
  const status = STATUS[kind] ?? 0;
  return new KubeError(`model: ${kind}`, {failure: kind, status, detail: kind, outcomeUnknown});
}

/** The ConfigMaps of one namespace as an API server keeps them; every method is one atomic step. */
export class Server {
  version = 100;
  readonly objects = new Map<string, ConfigMap>();
  readonly #changes: Change[] = [];
  #forgottenUpTo = 100;
  readonly #listeners = new Set<() => void>();
  readonly #nowMs: () => number;
  readonly #onStore: (object: ConfigMap) => void;

  constructor(nowMs: () => number, onStore: (object: ConfigMap) => void) {
    this.#nowMs = nowMs;
    this.#onStore = onStore;
  }

  get(name: string): ConfigMap {
    const object = this.objects.get(name);
    if (!object) throw failure('notFound');
    return object;
  }

  list(selector: Selector): ConfigMap[] {
    const isWanted = matcher(selector);
    const names = [...this.objects.keys()].sort();
    return names.map(name => this.get(name)).filter(isWanted);
  }

  create(object: ConfigMap): ConfigMap {
    if (this.objects.has(object.metadata.name)) throw failure('exists');
    const creationTimestamp = new Date(this.#nowMs()).toISOString();
    const {metadata} = object;
    return this.#store('ADDED', {...object, metadata: {...metadata, creationTimestamp}});
  }

  /** Without a resourceVersion it replaces whatever is there, as `kubectl apply` does. */
  replace(object: ConfigMap): ConfigMap {
    const current = this.get(object.metadata.name);
    const {resourceVersion} = object.metadata;
    if (resourceVersion !== undefined && resourceVersion !== current.metadata.resourceVersion) {
      throw failure('conflict');
    }
    const isChanged = JSON.stringify(object.data) !== JSON.stringify(current.data);
    if (current.immutable && (isChanged || !object.immutable)) throw failure('invalid');
    return this.#store('MODIFIED', object);
  }

  delete(name: string): void {
    const object = this.get(name);
    this.objects.delete(name);
    this.#tell('DELETED', object);
  }

  /** The first change after the version that the selector wants. */
  changeAfter(version: number, isWanted: (object: ConfigMap) => boolean): Change | undefined {
    if (version < this.#forgottenUpTo) throw failure('gone');
    const from = this.#changes.length - (this.version - version);
    for (let index = Math.max(0, from); index < this.#changes.length; index += 1) {
      const change = this.#changes[index];
      if (change && isWanted(change.object)) return change;
    }
    return undefined;
  }

  /** As compaction does: a watch that has not seen all by now is told 410. */
  forget(): void {
    this.#forgottenUpTo = this.version;
  }

  nextChange(): Promise<void> {
    return new Promise(resolve => this.#listeners.add(resolve));
  }

  #store(type: 'ADDED' | 'MODIFIED', object: ConfigMap): ConfigMap {
    const resourceVersion = String(this.version + 1);
    const stored = {...object, metadata: {...object.metadata, resourceVersion}};
    this.objects.set(object.metadata.name, stored);
    this.#onStore(stored);
    this.#tell(type, stored);
    return stored;
  }

  #tell(type: Change['type'], object: ConfigMap): void {
    this.version += 1;
    this.#changes.push({version: this.version, type, object});
    const listeners = [...this.#listeners];
    this.#listeners.clear();
    for (const wake of listeners) wake();
  }
}

/** Understands what the log asks for: `a=b`, `a in (b,c)` and `metadata.name=x`. */
export function matcher({labelSelector, fieldSelector}: Selector): (object: ConfigMap) => boolean {
  const name = fieldSelector?.replace('metadata.name=', '');
  const terms = (labelSelector ?? '').match(/[^,(]+(?:\([^)]*\))?/g) ?? [];
  const wanted = terms.map(term => {
    const [label = '', values = ''] = term.split(/=| in /);
    return {label, values: values.replace(/[()]/g, '').split(',')};
  });
  return ({metadata}) =>
    (name === undefined || metadata.name === name) &&
    wanted.every(({label, values}) => values.includes(metadata.labels?.[label] ?? ''));
}

/** The metadata less the resourceVersion: what is written so is written over anything. */
export function unversioned({metadata}: ConfigMap): ConfigMap['metadata'] {
  const own = Object.entries(metadata).filter(([name]) => name !== 'resourceVersion');
  return {...Object.fromEntries(own), name: metadata.name};
}
