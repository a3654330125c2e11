import type {Deadline} from '../time/deadline.ts';

/** `metadata` of any object, as far as it is used here. */
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
    /** The termination message, which the container wrote to /dev/termination-log: at most 4 KiB. */
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

/** An Event object (core/v1): what the scheduler or the kubelet reports about a pod. */
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
  /** The resourceVersion of the first page, given with every page: a watch from there misses nothing. */
  readonly resourceVersion: string;
}

export interface WatchQuery extends Selector {
  /** The resourceVersion of a list; the changes after it are reported. */
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
      /** True when applying it twice has the effect of once, so that it may be sent again. A merge always has. */
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

/** An object to create; the server checks it and fills in the rest. */
export type NewObject = {readonly metadata: {readonly name: string}} & object;

/**
 * The objects of one kind in the cluster's namespace. Every method raises KubeError. Reads are retried
 * after 429, 5xx and lost connections until the deadline. A write is retried only when the failed try
 * surely had no effect (429, connection refused); otherwise its error has `outcomeUnknown` set.
 */
export interface Resources<T extends KubeObject> {
  get(name: string): Promise<T>;
  /**
   * Lists page by page. All pages are of one snapshot, unless the caller takes longer than the server
   * keeps it (some minutes): the rest is then read as it is by then, in the same order, nothing twice.
   */
  list(query?: ListQuery): AsyncIterable<Page<T>>;
  create(object: NewObject): Promise<T>;
  /** Replaces the object that still has this `metadata.resourceVersion`; else raises `conflict`. */
  replace(object: T): Promise<T>;
  patch(name: string, patch: Patch): Promise<T>;
  delete(name: string, options?: DeleteOptions): Promise<void>;
  /**
   * Watches until the deadline, or until the caller stops iterating; resumes after lost connections and
   * server restarts. Raises `gone` (410) when the server no longer has the changes after the last
   * resourceVersion seen: list again, and watch from there.
   */
  watch(query: WatchQuery): AsyncIterable<WatchEvent<T>>;
}

export interface ExecRequest {
  readonly pod: string;
  readonly container: string;
  /** argv, passed to the container runtime without a shell. Never put a secret here: the API server logs it. */
  readonly command: readonly string[];
  readonly stdin?: Buffer | AsyncIterable<Buffer>;
  /** Called with every piece as it arrives; must not block. Without it the output is collected. */
  readonly onStdout?: (piece: Buffer) => void;
  readonly onStderr?: (piece: Buffer) => void;
  /** Called once the server has accepted the exec: the command is about to run. */
  readonly onAccepted?: () => void;
  /** Milliseconds after which an exec that was not accepted is given up, so that the caller can try again. */
  readonly acceptWithinMs?: number;
  /** Milliseconds without any frame of the server's after which the connection counts as broken; 61 s if unset. */
  readonly silenceLimitMs?: number;
}

export interface ExecResult {
  /** The command's own exit code. */
  readonly exitCode: number;
  /** Empty where `onStdout` took it; likewise `stderr`. */
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
  /** These two as in ExecRequest. */
  readonly acceptWithinMs?: number;
  readonly silenceLimitMs?: number;
  /** Called once the server has accepted the exec: keys go to the command from now on. */
  readonly onAccepted: () => void;
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
  /** The size of the user's terminal now. */
  readonly size: () => TerminalSize;
  /** Subscribes to changes of the size of the user's terminal; gives the function that unsubscribes. */
  readonly onResize: (listener: (size: TerminalSize) => void) => () => void;
}

/** Kubernetes as this project uses it: one namespace of one cluster, until a deadline. */
export interface Cluster {
  readonly namespace: string;
  readonly pods: Resources<Pod>;
  readonly configMaps: Resources<ConfigMap>;
  readonly events: Resources<CoreEvent>;
  /**
   * Runs a command in a container and waits for its end. Raises PodExecError when the connection
   * breaks, and KubeError when the server refused before the command could run (`notFound`: no such
   * pod; `unavailable`, with the kubelet's words: the container does not run yet, or no longer).
   */
  exec(request: ExecRequest): Promise<ExecResult>;
  /** Runs a command with a TTY, connected to the user's terminal, until it ends; gives its exit code. */
  execTerminal(request: TerminalRequest): Promise<number>;
  /** The same cluster with another deadline, over the same connections. */
  within(deadline: Deadline): Cluster;
  /** The API server's time by the Date header of its last answer, in milliseconds since 1970; ours before the first. */
  serverTimeMs(): number;
  /** Closes every connection. */
  close(): void;
}
