import {posix} from 'node:path';
import {UsageError} from '../../errors.ts';
import type {Entry, Plan} from './entry.ts';
import {stagedSource, type StagedSource} from './source.ts';

/** What ends the planning early. */
export interface PlanLimits {
  /** Aborts it. */
  readonly signal?: AbortSignal;
  /** Bytes that may be planned at most. */
  readonly bytes?: number;
  /** The error when there are more. */
  readonly tooLarge?: () => Error;
}

/** How many files are looked at before signals and timers have their turn: some 10 ms. */
const STEPS = 256;

/** The files that go into the pod. An entry replaces an earlier one at its path, as overlays do. */
export class StagingPlan {
  readonly entries: Plan = new Map();
  readonly warnings: string[] = [];
  /** Overlays and files beside the work directory, in their order. */
  readonly sources: StagedSource[] = [];
  /** Bytes of all files. */
  bytes = 0;
  readonly #limits: PlanLimits;
  #steps = 0;

  constructor(limits: PlanLimits = {}) {
    this.#limits = limits;
  }

  /** To be awaited at each file that is looked at: lets a signal or the deadline end the planning. */
  async step(): Promise<void> {
    this.#steps += 1;
    if (this.#steps % STEPS !== 0) return;
    await new Promise(resolve => setImmediate(resolve));
    this.#limits.signal?.throwIfAborted();
  }

  /**
   * Puts an entry at an absolute path in the pod. Raises a UsageError when a directory above it is planned
   * as a link, through which it would be written to wherever that leads, or as a file; and the error of
   * the limits when it is too much.
   */
  put(path: string, entry: Entry): void {
    this.#refuseNoDirectoryAbove(path);
    const before = this.entries.get(path);
    if (before?.kind === 'directory' && entry.kind === 'directory') return;
    if (before) this.#remove(path, before);
    this.entries.set(path, entry);
    this.bytes += sizeOf(entry);
    const {bytes = Infinity, tooLarge} = this.#limits;
    if (this.bytes > bytes && tooLarge) throw tooLarge();
  }

  /** Plans the entries that `fill` adds, over those that are there, and notes their version as a source. */
  async putSource(
    place: {source: string; target: string},
    fill: (own: StagingPlan) => Promise<void>,
  ): Promise<void> {
    const own = new StagingPlan(this.#limits);
    await fill(own);
    for (const [path, entry] of own.entries) this.put(path, entry);
    this.warnings.push(...own.warnings);
    this.sources.push(stagedSource(place, own));
  }

  warn(text: string): void {
    this.warnings.push(text);
  }

  #refuseNoDirectoryAbove(path: string): void {
    for (let above = posix.dirname(path); above !== '/'; above = posix.dirname(above)) {
      const kind = this.entries.get(above)?.kind ?? 'directory';
      if (kind === 'directory') continue;
      throw new UsageError(
        `start JSON: staging ${path} would write through ${above}, which is a ${kind === 'link' ? 'link' : 'file'}; give the overlay or copy_files another place`,
      );
    }
  }

  /** Removes an entry, and everything below it when it is a directory. */
  #remove(path: string, before: Entry): void {
    this.bytes -= sizeOf(before);
    this.entries.delete(path);
    if (before.kind !== 'directory') return;
    for (const [other, entry] of this.entries) {
      if (!other.startsWith(`${path}/`)) continue;
      this.bytes -= sizeOf(entry);
      this.entries.delete(other);
    }
  }
}

function sizeOf(entry: Entry): number {
  if (entry.kind === 'file') return entry.size;
  return entry.kind === 'text' ? entry.content.length : 0;
}
