import type {ApiObject} from './object.ts';
import {withMetadata} from './object.ts';
import type {StateFile} from './state-file.ts';

/** One write: a deletion has no `after`, a creation no `before`. */
export interface Change {
  readonly revision: number;
  readonly resource: string;
  readonly before?: ApiObject;
  /** For a deletion, the last state with the deletion's revision. */
  readonly object: ApiObject;
  readonly deleted: boolean;
}

const byKey = ([one]: [string, ApiObject], [other]: [string, ApiObject]): number =>
  one < other ? -1 : 1;

/**
 * The equivalent of etcd: one global revision counter, the current objects, and recent changes, from which
 * watches resume and older lists are rebuilt.
 */
export class Store {
  readonly #objects = new Map<string, Map<string, ApiObject>>();
  readonly #listeners = new Set<(change: Change) => void>();
  readonly #historyLimit: number;
  readonly #file: StateFile | undefined;
  /** How far the server's clock is ahead, in milliseconds. */
  clockSkew = 0;
  #history: Change[] = [];
  #revision = 100;
  #compacted = 100;

  /** With a file, starts from its content, and persists every write before the response. */
  constructor(historyLimit: number, file?: StateFile) {
    this.#historyLimit = historyLimit;
    this.#restore(file);
    this.#file = file;
  }

  /** Milliseconds since 1970, by the server's clock. */
  now(): number {
    return Date.now() + this.clockSkew;
  }

  get revision(): number {
    return this.#revision;
  }

  /** Changes up to this revision are dropped: an older watch or list gets 410. */
  get compacted(): number {
    return this.#compacted;
  }

  get(resource: string, namespace: string | undefined, name: string): ApiObject | undefined {
    return this.#of(resource).get(keyOf(namespace, name));
  }

  /** Ordered by namespace and name. `at` must not be older than `compacted`. */
  list(resource: string, namespace: string | undefined, at = this.#revision): ApiObject[] {
    const objects = new Map(this.#of(resource));
    for (let index = this.#history.length - 1; index >= 0; index -= 1) {
      const change = this.#history[index];
      if (change === undefined || change.revision <= at) break;
      if (change.resource !== resource) continue;
      const key = keyOf(change.object.metadata.namespace, change.object.metadata.name);
      if (change.before === undefined) objects.delete(key);
      else objects.set(key, change.before);
    }
    return [...objects.entries()]
      .sort(byKey)
      .map(([, object]) => object)
      .filter(({metadata}) => namespace === undefined || metadata.namespace === namespace);
  }

  /** Stores the object under the next revision and notifies the watches. */
  put(resource: string, object: ApiObject): ApiObject {
    const key = keyOf(object.metadata.namespace, object.metadata.name);
    const before = this.#of(resource).get(key);
    const revision = (this.#revision += 1);
    const stored = withMetadata(object, {resourceVersion: revision.toString()});
    this.#of(resource).set(key, stored);
    this.#record({
      revision,
      resource,
      object: stored,
      deleted: false,
      ...(before === undefined ? {} : {before}),
    });
    return stored;
  }

  /** Removes the object; watches receive `last`. */
  remove(resource: string, last: ApiObject): ApiObject {
    const key = keyOf(last.metadata.namespace, last.metadata.name);
    const before = this.#of(resource).get(key) ?? last;
    const revision = (this.#revision += 1);
    const object = withMetadata(last, {resourceVersion: revision.toString()});
    this.#of(resource).delete(key);
    this.#record({revision, resource, before, object, deleted: true});
    return object;
  }

  changesAfter(revision: number): readonly Change[] {
    return this.#history.filter(change => change.revision > revision);
  }

  /** Drops all history, like a compaction in etcd. */
  compact(): void {
    this.#history = [];
    this.#compacted = this.#revision;
  }

  /** Listeners are called synchronously during the write; returns a function to unsubscribe. */
  subscribe(listener: (change: Change) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #restore(file: StateFile | undefined): void {
    const saved = file?.load();
    if (saved === undefined) return;
    this.#revision = this.#compacted = Math.max(saved.revision, this.#revision);
    for (const {resource, object} of saved.objects) {
      const {namespace, name} = object.metadata;
      this.#of(resource).set(keyOf(namespace, name), object);
    }
    for (const {revision, resource, object, deleted} of saved.entries) {
      const objects = this.#of(resource);
      const key = keyOf(object.metadata.namespace, object.metadata.name);
      const before = objects.get(key);
      if (deleted) objects.delete(key);
      else objects.set(key, object);
      this.#revision = revision;
      this.#record({
        ...{revision, resource, object, deleted},
        ...(before === undefined ? {} : {before}),
      });
    }
  }

  #of(resource: string): Map<string, ApiObject> {
    const found = this.#objects.get(resource);
    if (found !== undefined) return found;
    const created = new Map<string, ApiObject>();
    this.#objects.set(resource, created);
    return created;
  }

  #keep({revision, resource, object, deleted}: Change): void {
    if (this.#file === undefined) return;
    this.#file.append({revision, resource, object, deleted});
    if (!this.#file.isLong) return;
    const objects = [...this.#objects].flatMap(([kind, all]) =>
      [...all.values()].map(each => ({resource: kind, object: each})),
    );
    this.#file.save({revision: this.#revision, objects});
  }

  #record(change: Change): void {
    this.#keep(change);
    this.#history.push(change);
    if (this.#history.length > this.#historyLimit) {
      const dropped = this.#history.splice(0, this.#history.length - this.#historyLimit);
      this.#compacted = dropped.at(-1)?.revision ?? this.#compacted;
    }
    for (const listener of [...this.#listeners]) listener(change);
  }
}

function keyOf(namespace: string | undefined, name: string): string {
  return namespace === undefined ? name : `${namespace}/${name}`;
}
