/** What a fault is for; a field left out stands for everything. */
export interface FaultMatch {
  readonly method?: string;
  /** Tried on the path with its query, e.g. `/api/v1/namespaces/gc/pods?watch=1`. */
  readonly path?: RegExp;
  /** get, list, watch, create, update, patch, delete or deletecollection. */
  readonly verb?: string;
  /** With its subresource, e.g. `pods` or `pods/exec`. */
  readonly resource?: string;
  readonly namespace?: string;
  readonly name?: string;
  /** The first request that is hit, counted from 1 among those that match. */
  readonly nth?: number;
  /** How many are hit from there on; 1 unless given. */
  readonly times?: number;
}

/** What happens to a request. */
export type RequestFault =
  /** Answers this instead; `after` the request took effect when asked to. */
  | {
      readonly type: 'status';
      readonly code: number;
      readonly reason?: string;
      readonly message?: string;
      readonly retryAfterSeconds?: number;
      readonly when?: 'before' | 'after';
    }
  /** Never answers; the request takes no effect, or (`after`) has taken it. */
  | {readonly type: 'hang'; readonly when?: 'before' | 'after'}
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

/**
 * What happens to pods: a new one cannot run, one that runs is ended, or given up with its node (marked
 * for deletion, and there until it is deleted with grace 0).
 */
export interface PodFault {
  readonly type: 'pod';
  readonly how: 'image-pull' | 'unschedulable' | 'oom' | 'evict' | 'node-lost';
}

/** What is so until the fault is taken away. */
export type LastingFault =
  /** The node's kubelet is not heard of for a while: nothing starts or ends there, no exec, no log. */
  | {readonly type: 'node-silent'}
  /** The server's clock is this much ahead (negative: behind). */
  | {readonly type: 'clock-skew'; readonly seconds: number}
  /** Every token issued so far has expired; one that is asked for afterwards is good. */
  | {readonly type: 'expired-token'};

export type FaultAction = RequestFault | PodFault | LastingFault;

export interface Fault {
  readonly match: FaultMatch;
  readonly action: FaultAction;
}

/** What a fault is matched with; a field a thing does not have is ''. */
export interface Subject {
  readonly method: string;
  readonly path: string;
  readonly verb: string;
  readonly resource: string;
  readonly namespace: string;
  readonly name: string;
}

export interface Armed extends Fault {
  readonly id: string;
  /** How many matched so far. */
  readonly seen: number;
}

const actsOnRequests = (action: FaultAction): action is RequestFault =>
  ['status', 'hang', 'delay', 'cut', 'exec', 'watch'].includes(action.type);

/** The faults that were ordered, in the order they were added; the first that fits is taken. */
export class Faults {
  #armed: (Armed & {seen: number})[] = [];
  #lastId = 0;
  readonly #listeners = new Set<() => void>();

  get list(): readonly Armed[] {
    return this.#armed;
  }

  /** Gives back how to take the fault away again. */
  add(fault: Fault): () => void {
    const {id} = this.arm(fault);
    return () => this.remove(id);
  }

  arm(fault: Fault): Armed {
    this.#lastId += 1;
    const armed = {...fault, id: this.#lastId.toString(), seen: 0};
    this.#armed.push(armed);
    this.#changed();
    return armed;
  }

  /** False when there is no such fault. */
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

  /** What to do to this request; counts it. */
  take(subject: Subject): RequestFault | undefined {
    for (const armed of this.#armed) {
      if (actsOnRequests(armed.action) && this.#hits(armed, subject)) return armed.action;
    }
    return undefined;
  }

  /** What keeps this new pod from running; counts it. */
  takePod(subject: Subject): PodFault | undefined {
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

  /** Called after every change of the list; gives back how to leave. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #hits(armed: Armed & {seen: number}, subject: Subject): boolean {
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
