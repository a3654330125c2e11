import {Readable} from 'node:stream';
import {CUT, LAUNCHER} from '../../pod/staging/launch-files.ts';
import {tarLength, tarOf, type PlannedEntry} from '../../pod/staging/tar.ts';
import type {StartContext} from './context.ts';

/** How much is packed ahead, in pieces of tar.ts (128 KiB): 16 MiB. */
const AHEAD_PIECES = 128;

/**
 * All files for the pod as one tar stream. The files that are known before the pod exists, which are most,
 * are read and packed while the container is being created, up to 16 MiB of them.
 */
export class Archive {
  readonly #early: ReadonlyMap<string, PlannedEntry[1]>;
  readonly #warn: (text: string) => void;
  #ahead: {readonly pieces: Readable; readonly complete: (late: Late) => void} | undefined;

  constructor({plan, warn}: Pick<StartContext, 'plan' | 'warn'>) {
    const early = new Map(plan.entries);
    // Without the launcher, which comes last, the stream did not come whole.
    early.delete(LAUNCHER);
    this.#early = early;
    this.#warn = warn;
    let complete: (late: Late) => void = () => undefined;
    const late = new Promise<Late>(resolve => (complete = resolve));
    const length = late.then(({length}) => length);
    const pieces = Readable.from(tarOf(chained(early, late), {length, warn, cutList: CUT}), {
      highWaterMark: AHEAD_PIECES,
    });
    // Whoever reads the stream gets its error; without a listener one before that would end the process.
    pieces.on('error', () => undefined);
    pieces.read(0);
    this.#ahead = {pieces, complete};
  }

  /** The stream, with the entries that were planned since behind those packed ahead; and its length in bytes. */
  of({entries}: StartContext['plan']): {length: number; pieces: () => AsyncIterable<Buffer>} {
    const late = [...entries].filter(([path, entry]) => this.#early.get(path) !== entry);
    const all = [...this.#early, ...late];
    const length = tarLength(all, CUT);
    const pieces = () => {
      const ahead = this.#ahead;
      // What was packed ahead can be sent once: another try reads the files again.
      if (!ahead) return tarOf(all, {length, warn: this.#warn, cutList: CUT});
      this.#ahead = undefined;
      ahead.complete({entries: late, length});
      return ahead.pieces as AsyncIterable<Buffer>;
    };
    return {length, pieces};
  }
}

interface Late {
  readonly entries: readonly PlannedEntry[];
  readonly length: number;
}

async function* chained(
  early: Iterable<PlannedEntry>,
  late: Promise<Late>,
): AsyncGenerator<PlannedEntry> {
  yield* early;
  yield* (await late).entries;
}
