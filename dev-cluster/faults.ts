/** Which requests or pods a fault applies to; an absent field matches everything. */
export interface FaultMatch {
  readonly method?: string;
  /** Matched against the path with its query, e.g. `/api/v1/namespaces/gc/pods?watch=1`. */
  readonly path?: RegExp;
  /** get, list, watch, create, update, patch, delete or deletecollection. */
  readonly verb?: string;
  /** With its subresource, e.g. `pods` or `pods/exec`. */
  readonly resource?: string;
  readonly namespace?: string;
  readonly name?: string;
  /** The first matching request to hit, counted from 1. */
  readonly nth?: number;
  /** How many to hit from there on. Default: 1. */
  readonly times?: number;
}

/** What happens to a request. */
export type RequestFault =
  /** Responds with this status; with `after`, the request takes effect first. */
  | {
      readonly type: 'status';
      readonly code: number;
      readonly reason?: string;
      readonly message?: string;
      readonly retryAfterSeconds?: number;
      readonly when?: 'before' | 'after';
    }
  /** Never responds; the request takes effect only with `after`. */
  | {readonly type: 'hang'; readonly when?: 'before' | 'after'}
  | {readonly type: 'delay'; readonly milliseconds: number}
  /** Closes the connection without a response, before or after the request takes effect. */
  | {readonly type: 'cut'; readonly when: 'before' | 'after'}
  /**
   * Breaks an exec after this many bytes of output (by default instead of sending its Status): the
   * connection is destroyed, closed cleanly, or stays open but silent, without pongs.
   */
  | {
      readonly type: 'exec';
      readonly how: 'cut' | 'close' | 'silent';
      readonly afterBytes?: number;
    }
  /**
   * Breaks a watch after this many events (by default at once): its stream ends, is cut, goes silent, or
   * sends the ERROR event of a 410; `gone-status` responds 410 to the request itself.
   */
  | {
      readonly type: 'watch';
      readonly how: 'end' | 'cut' | 'silent' | 'gone' | 'gone-status';
      readonly afterEvents?: number;
    };

/**
 * What happens to pods: a new one cannot run; a running one is ended, or lost with its node (marked for
 * deletion, and kept until it is deleted with grace 0).
 */
export interface PodFault {
  readonly type: 'pod';
  readonly how: 'image-pull' | 'unschedulable' | 'oom' | 'evict' | 'node-lost';
}

/** What lasts until the fault is removed. */
export type LastingFault =
  /** The node's kubelet does not respond: nothing starts or ends there, no exec, no log. */
  | {readonly type: 'node-silent'}
  /** The server's clock is this much ahead (negative: behind). */
  | {readonly type: 'clock-skew'; readonly seconds: number}
  /** Every token issued so far is expired; later ones are valid. */
  | {readonly type: 'expired-token'};

export type FaultAction = RequestFault | PodFault | LastingFault;

export interface Fault {
  readonly match: FaultMatch;
  readonly action: FaultAction;
}

/** What a fault is matched against; absent fields are ''. */
export interface FaultSubject {
  readonly method: string;
  readonly path: string;
  readonly verb: string;
  readonly resource: string;
  readonly namespace: string;
  readonly name: string;
}

export interface ActiveFault extends Fault {
  readonly id: string;
  /** How many have matched so far. */
  readonly seen: number;
}

const actsOnRequests = (action: FaultAction): action is RequestFault =>
  ['status', 'hang', 'delay', 'cut', 'exec', 'watch'].includes(action.type);

/** The active faults, in the order they were added; the first match applies. */
export class Faults {
  #armed: (ActiveFault & {seen: number})[] = [];
  #lastId = 0;
  readonly #listeners = new Set<() => void>();

  get list(): readonly ActiveFault[] {
    return this.#armed;
  }

  /** Returns a function that removes the fault. */
  add(fault: Fault): () => void {
    const {id} = this.arm(fault);
    return () => this.remove(id);
  }

  arm(fault: Fault): ActiveFault {
    this.#lastId += 1;
    const armed = {...fault, id: this.#lastId.toString(), seen: 0};
    this.#armed.push(armed);
    this.#changed();
    return armed;
  }

  /** False when there is no fault with this id. */
  remove(id: string): boolean {
    const before = this.#armed.length;
    this.#armed = this.#armed.filter(other => other.id !== id);
    this.#changed();
    return this.#armed.length < before;
  }

  clear(): void {
    this.#armed = [];
    this.#changed();
  }

  /** The fault to apply to this request; counts it. */
  take(subject: FaultSubject): RequestFault | undefined {
    for (const armed of this.#armed) {
      if (actsOnRequests(armed.action) && this.#hits(armed, subject)) return armed.action;
    }
    return undefined;
  }

  /** The fault that keeps this new pod from running; counts it. */
  takePod(subject: FaultSubject): PodFault | undefined {
    for (const armed of this.#armed) {
      if (armed.action.type === 'pod' && this.#hits(armed, subject)) return armed.action;
    }
    return undefined;
  }

  lasting<T extends LastingFault['type']>(
    type: T,
  ): Extract<LastingFault, {readonly type: T}> | undefined {
    for (const {action} of this.#armed) {
      if (isOf(action, type)) return action;
    }
    return undefined;
  }

  /** Calls back after every change of the list; returns a function to unsubscribe. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #hits(armed: ActiveFault & {seen: number}, subject: FaultSubject): boolean {
    const {match} = armed;
    const isMeant = (['method', 'verb', 'resource', 'namespace', 'name'] as const).every(
      field => match[field] === undefined || match[field] === subject[field],
    );
    if (!isMeant || match.path?.test(subject.path) === false) return false;
    armed.seen += 1;
    const first = match.nth ?? 1;
    return armed.seen >= first && armed.seen < first + (match.times ?? 1);
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }
}

function isOf<T extends LastingFault['type']>(
  action: FaultAction,
  type: T,
): action is Extract<LastingFault, {readonly type: T}> {
  return action.type === type;
}
