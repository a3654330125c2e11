import type {Deadline} from '../time/deadline.ts';

/** What every stored object carries. */
export interface ObjectMeta {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly creationTimestamp?: string;
  /** When its grace period is over: later than it was asked to go, by that period. */
  readonly deletionTimestamp?: string;
  readonly deletionGracePeriodSeconds?: number;
  /** Who has to let go of it before it goes. */
  readonly finalizers?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

export interface KubeObject {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: ObjectMeta;
}

export interface ConfigMap extends KubeObject {
  readonly data?: Readonly<Record<string, string>>;
  readonly binaryData?: Readonly<Record<string, string>>;
  readonly immutable?: boolean;
}

export interface ContainerState {
  readonly waiting?: {readonly reason?: string; readonly message?: string};
  readonly running?: {readonly startedAt?: string};
  readonly terminated?: {
    readonly exitCode: number;
    readonly signal?: number;
    readonly reason?: string;
    /** The termination message: what the container wrote of its end, at most 4 KiB. */
    readonly message?: string;
    readonly startedAt?: string;
    readonly finishedAt?: string;
  };
}

export interface ContainerStatus {
  readonly name: string;
  readonly ready?: boolean;
  readonly restartCount?: number;
  readonly state?: ContainerState;
  readonly lastState?: ContainerState;
  readonly image?: string;
}

export interface PodCondition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
  readonly lastTransitionTime?: string;
}

export interface Pod extends KubeObject {
  readonly spec?: {
    readonly nodeName?: string;
    readonly readinessGates?: readonly unknown[];
    readonly containers?: readonly {readonly name: string; readonly image?: string}[];
  };
  readonly status?: {
    readonly phase?: string;
    readonly reason?: string;
    readonly message?: string;
    readonly conditions?: readonly PodCondition[];
    readonly containerStatuses?: readonly ContainerStatus[];
    readonly initContainerStatuses?: readonly ContainerStatus[];
  };
}

/** An Event object (core/v1): what the scheduler and the kubelet have to say about a pod. */
export interface CoreEvent extends KubeObject {
  readonly involvedObject?: {
    readonly kind?: string;
    readonly name?: string;
    readonly uid?: string;
  };
  readonly type?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly lastTimestamp?: string;
  readonly eventTime?: string;
  readonly count?: number;
}

export interface Selector {
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
}

export interface ListQuery extends Selector {
  /** Objects a page; each page is one request. */
  readonly limit?: number;
  /** Leave out the data and the spec: the server sends metadata only (PartialObjectMetadata). */
  readonly metadataOnly?: boolean;
}

export interface Page<T> {
  readonly items: readonly T[];
  /** Of the list's beginning, the same on every page: a watch from here misses nothing. */
  readonly resourceVersion: string;
}

export interface WatchQuery extends Selector {
  /** From a list; changes after it are reported. */
  readonly resourceVersion: string;
}

export type WatchEvent<T> =
  | {readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: T}
  /** Nothing changed up to this resourceVersion. */
  | {
      readonly type: 'BOOKMARK';
      readonly object: {readonly metadata: {readonly resourceVersion: string}};
    };

export type Patch =
  | {
      readonly type: 'json';
      readonly operations: readonly JsonPatchOperation[];
      /** Applying it twice is as good as once, as a merge always is: it may be sent again. */
      readonly idempotent?: boolean;
    }
  | {readonly type: 'merge'; readonly body: unknown};

export type JsonPatchOperation =
  | {readonly op: 'add' | 'replace' | 'test'; readonly path: string; readonly value: unknown}
  | {readonly op: 'remove'; readonly path: string};

export interface DeleteOptions {
  /** Delete only the object that has this uid; another one is a `conflict`. */
  readonly uid?: string;
  readonly gracePeriodSeconds?: number;
}

/** An object as it is sent; the server checks and completes it. */
export type NewObject = {readonly metadata: {readonly name: string}} & object;

/**
 * One kind of object in the cluster's namespace. Every method raises KubeError. Reads are repeated
 * over 429, 5xx and lost connections until the deadline. A write is repeated only while it surely
 * had no effect (429, connection refused); else its error says `outcomeUnknown`.
 */
export interface Resources<T extends KubeObject> {
  get(name: string): Promise<T>;
  /**
   * The pages of one list, a snapshot unless its reader takes longer than the server keeps one (some
   * minutes): what is left is then read as it is now, in the same order, nothing twice.
   */
  list(query?: ListQuery): AsyncIterable<Page<T>>;
  create(object: NewObject): Promise<T>;
  /** Replaces the object that still has this `metadata.resourceVersion`; else raises `conflict`. */
  replace(object: T): Promise<T>;
  patch(name: string, patch: Patch): Promise<T>;
  delete(name: string, options?: DeleteOptions): Promise<void>;
  /**
   * One watch, resumed over idle cuts, resets and server restarts until the deadline or until the
   * caller stops iterating. Raises `gone` (410) when the server no longer has the changes after the
   * last resourceVersion seen: list again, and go on from there.
   */
  watch(query: WatchQuery): AsyncIterable<WatchEvent<T>>;
}

export interface ExecRequest {
  readonly pod: string;
  readonly container: string;
  /** argv, handed to the runtime as it is: no shell reads it. Never put a secret here: the API server logs it. */
  readonly command: readonly string[];
  readonly stdin?: Buffer | AsyncIterable<Buffer>;
  /** Called for every piece as it arrives; must not block. Without it the pieces are collected. */
  readonly onStdout?: (piece: Buffer) => void;
  readonly onStderr?: (piece: Buffer) => void;
  /** Called once the server has accepted the exec: the command is about to run. */
  readonly onAccepted?: () => void;
  /** Give up when the exec is not accepted after so many milliseconds; for what is run again then. */
  readonly acceptWithinMs?: number;
}

export interface ExecResult {
  /** The command's own exit code. */
  readonly exitCode: number;
  /** What was written, unless `onStdout` took it. */
  readonly stdout: Buffer;
  readonly stderr: Buffer;
}

export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

export interface TerminalRequest {
  readonly pod: string;
  readonly container: string;
  readonly command: readonly string[];
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
  /** The size of the user's terminal now. */
  readonly size: () => TerminalSize;
  /** Reports each new size of the user's terminal, until the function it gives is called. */
  readonly onResize: (listener: (size: TerminalSize) => void) => () => void;
}

/**
 * Kubernetes as this project uses it: one namespace, for as long as the deadline it was connected
 * with.
 */
export interface Cluster {
  readonly namespace: string;
  readonly pods: Resources<Pod>;
  readonly configMaps: Resources<ConfigMap>;
  readonly events: Resources<CoreEvent>;
  /**
   * Runs a command in a container and waits for its end. Raises PodExecError when the connection
   * breaks, and KubeError when the server refuses before the command could run (`notFound`: no such
   * pod; `unavailable` with the kubelet's words: the container is not, or no longer, there).
   */
  exec(request: ExecRequest): Promise<ExecResult>;
  /** Runs a command on a terminal of its own (tty) until it ends; gives its exit code. */
  execTerminal(request: TerminalRequest): Promise<number>;
  /** The same cluster with another deadline, over the same connections. */
  within(deadline: Deadline): Cluster;
  /** The API server's clock as its last answer told it (its Date header), in milliseconds since 1970. */
  serverTimeMs(): number;
  /** Closes every connection. */
  close(): void;
}
