import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from 'node:fs';
import {dirname, join} from 'node:path';
import {isObject, numberAt, stringAt} from '../json.ts';
import type {ApiObject} from './object.ts';

/** A write as it is kept on disk. */
export interface Entry {
  readonly revision: number;
  readonly resource: string;
  readonly object: ApiObject;
  readonly deleted: boolean;
}

export interface Saved {
  /** Everything up to this revision is in `objects`. */
  readonly revision: number;
  readonly objects: readonly {readonly resource: string; readonly object: ApiObject}[];
  /** The writes after it, in order. */
  readonly entries: readonly Entry[];
}

const maximumEntries = 20_000;

/**
 * The state of a cluster in a directory: a snapshot, replaced as a whole, and a log of the writes
 * since, one line each, written before the write is answered. What was answered is there after a
 * `kill -9`; after a power cut only what the system had written out.
 */
export class StateFile {
  readonly #snapshot: string;
  readonly #log: string;
  #descriptor: number | undefined;
  #entries = 0;

  constructor(directory: string) {
    mkdirSync(directory, {recursive: true, mode: 0o700});
    this.#snapshot = join(directory, 'snapshot.json');
    this.#log = join(directory, 'log.jsonl');
  }

  /** What was saved; undefined in a new directory. Raises when a file cannot be understood. */
  load(): Saved | undefined {
    const isNew = !existsSync(this.#snapshot) && !existsSync(this.#log);
    if (isNew) return undefined;
    const {revision, objects} = this.#readSnapshot();
    const entries = this.#readLog().filter(entry => entry.revision > revision);
    this.#entries = entries.length;
    return {revision, objects, entries};
  }

  append(entry: Entry): void {
    this.#descriptor ??= openSync(this.#log, 'a', 0o600);
    writeSync(this.#descriptor, `${JSON.stringify(entry)}\n`);
    this.#entries += 1;
  }

  /** True when the log has grown so long that a snapshot should take its place. */
  get isLong(): boolean {
    return this.#entries >= maximumEntries;
  }

  /** Everything as it is now. A crash in between leaves lines in the log that `load` skips. */
  save({revision, objects}: Omit<Saved, 'entries'>): void {
    replaceFile(this.#snapshot, `${JSON.stringify({revision, objects})}\n`);
    this.close();
    replaceFile(this.#log, '');
    this.#entries = 0;
  }

  close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }

  #readSnapshot(): Omit<Saved, 'entries'> {
    if (!existsSync(this.#snapshot)) return {revision: 0, objects: []};
    const saved = understood(readFileSync(this.#snapshot, 'utf8'), this.#snapshot);
    const revision = numberAt(saved, 'revision');
    const objects = isObject(saved) ? saved.objects : undefined;
    if (revision === undefined || !Array.isArray(objects)) throw damaged(this.#snapshot);
    return {revision, objects: objects as Saved['objects']};
  }

  #readLog(): Entry[] {
    if (!existsSync(this.#log)) return [];
    const text = readFileSync(this.#log, 'utf8');
    const end = text.lastIndexOf('\n') + 1;
    // A line without its end was never answered: the process died while it wrote.
    if (end < text.length) replaceFile(this.#log, text.slice(0, end));
    return text
      .slice(0, end)
      .split('\n')
      .slice(0, -1)
      .map((line, at) => {
        const where = `${this.#log}, line ${at + 1}`;
        const entry = understood(line, where);
        const isEntry =
          numberAt(entry, 'revision') !== undefined && stringAt(entry, 'resource') !== undefined;
        if (!isEntry) throw damaged(where);
        return entry as Entry;
      });
  }
}

function understood(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw damaged(where, error);
  }
}

function damaged(where: string, cause?: unknown): Error {
  const why = cause instanceof Error ? cause.message : 'it holds something else';
  return new Error(
    `cannot read the cluster's state in ${where}: ${why}; start with another directory, or move this one away`,
    {cause},
  );
}

/** Puts the text in the file's place, as a whole or not at all. */
export function replaceFile(path: string, text: string, mode = 0o600): void {
  const next = join(dirname(path), `.${process.pid}.next`);
  const descriptor = openSync(next, 'w', mode);
  try {
    writeSync(descriptor, text);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  renameSync(next, path);
}
