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

/** A write as stored on disk. */
export interface Entry {
  readonly revision: number;
  readonly resource: string;
  readonly object: ApiObject;
  readonly deleted: boolean;
}

export interface Saved {
  /** `objects` includes everything up to this revision. */
  readonly revision: number;
  readonly objects: readonly {readonly resource: string; readonly object: ApiObject}[];
  /** The writes after that revision, in order. */
  readonly entries: readonly Entry[];
}

const maximumEntries = 20_000;

/**
 * The state of a cluster in a directory: a snapshot, replaced atomically, and a log of the writes since,
 * one line each, written before the response. An acknowledged write survives `kill -9`, but after a power
 * cut only what the system had flushed.
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

  /** The saved state; undefined in a new directory. Raises when a file is corrupt. */
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

  /** Writes a new snapshot. After a crash in between, `load` skips the log lines that it includes. */
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
    const saved = parseLine(readFileSync(this.#snapshot, 'utf8'), this.#snapshot);
    const revision = numberAt(saved, 'revision');
    const objects = isObject(saved) ? saved.objects : undefined;
    if (revision === undefined || !Array.isArray(objects)) throw corruptFileError(this.#snapshot);
    return {revision, objects: objects as Saved['objects']};
  }

  #readLog(): Entry[] {
    if (!existsSync(this.#log)) return [];
    const text = readFileSync(this.#log, 'utf8');
    const end = text.lastIndexOf('\n') + 1;
    // An incomplete line was never acknowledged: the process died while writing it.
    if (end < text.length) replaceFile(this.#log, text.slice(0, end));
    return text
      .slice(0, end)
      .split('\n')
      .slice(0, -1)
      .map((line, at) => {
        const where = `${this.#log}, line ${at + 1}`;
        const entry = parseLine(line, where);
        const isEntry =
          numberAt(entry, 'revision') !== undefined && stringAt(entry, 'resource') !== undefined;
        if (!isEntry) throw corruptFileError(where);
        return entry as Entry;
      });
  }
}

function parseLine(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw corruptFileError(where, error);
  }
}

function corruptFileError(where: string, cause?: unknown): Error {
  const why = cause instanceof Error ? cause.message : 'it holds something else';
  return new Error(
    `cannot read the cluster's state in ${where}: ${why}; start with another directory, or move this one away`,
    {cause},
  );
}

/** Replaces the file atomically. */
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
