export interface FaultMatch {
  readonly method?: string;
  /** Tried on the path with its query, e.g. `/api/v1/namespaces/gc/pods?watch=1`. */
  readonly path?: RegExp;
  /** The first request that is hit, counted from 1 among those that match. */
  readonly nth?: number;
  /** How many are hit from there on; 1 unless given. */
  readonly times?: number;
}

export type FaultAction =
  /** Answers this instead; `after` the request took effect when asked to. */
  | {
      readonly type: 'status';
      readonly code: number;
      readonly reason?: string;
      readonly message?: string;
      readonly retryAfterSeconds?: number;
      readonly when?: 'before' | 'after';
    }
  /** Never answers; the request takes no effect. */
  | {readonly type: 'hang'}
  | {readonly type: 'delay'; readonly milliseconds: number}
  /** Destroys the connection without an answer, before or after the request took effect. */
  | {readonly type: 'cut'; readonly when: 'before' | 'after'}
  /**
   * Breaks an exec after so many bytes of output (else in the place of its Status): the connection
   * is destroyed, or closed cleanly, or stays open and silent, pongs included.
   */
  | {
      readonly type: 'exec';
      readonly how: 'cut' | 'close' | 'silent';
      readonly afterBytes?: number;
    }
  /**
   * Breaks a watch after so many events (else at once): its stream ends, is cut, goes silent for
   * ever, or carries the ERROR event of a 410; `gone-status` answers 410 to the request itself.
   */
  | {
      readonly type: 'watch';
      readonly how: 'end' | 'cut' | 'silent' | 'gone' | 'gone-status';
      readonly afterEvents?: number;
    };

export interface Fault {
  readonly match: FaultMatch;
  readonly action: FaultAction;
}

interface Armed extends Fault {
  seen: number;
}

/** The faults a test has ordered, in the order they were added; the first that fits is taken. */
export class Faults {
  #armed: Armed[] = [];

  /** Gives back how to take the fault away again. */
  add(fault: Fault): () => void {
    const armed = {...fault, seen: 0};
    this.#armed.push(armed);
    return () => {
      this.#armed = this.#armed.filter(other => other !== armed);
    };
  }

  clear(): void {
    this.#armed = [];
  }

  /** What to do to this request; counts it. */
  take(method: string, path: string): FaultAction | undefined {
    for (const armed of this.#armed) {
      const {match} = armed;
      if (match.method !== undefined && match.method !== method) continue;
      if (match.path?.test(path) === false) continue;
      armed.seen += 1;
      const first = match.nth ?? 1;
      if (armed.seen >= first && armed.seen < first + (match.times ?? 1)) return armed.action;
    }
    return undefined;
  }
}
