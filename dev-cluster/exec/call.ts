import type {JsonObject} from '../json.ts';
import type {ApiObject} from '../store/object.ts';

export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

/** One exec, as passed to its handler. */
export interface ExecCall {
  readonly pod: ApiObject;
  readonly container: string;
  readonly command: readonly string[];
  readonly tty: boolean;
  /** Ends when the client half-closes it or the connection is lost; empty without stdin. */
  readonly stdin: AsyncIterable<Buffer>;
  readonly onResize: (listener: (size: TerminalSize) => void) => void;
  /** Resolves when the chunk is sent; a no-op when the client did not request the stream. */
  readonly stdout: (piece: Buffer | string) => Promise<void>;
  readonly stderr: (piece: Buffer | string) => Promise<void>;
  /**
   * Aborted when the container ends or the cluster stops. Not when the client disconnects: as on a real
   * node, the command keeps running.
   */
  readonly signal: AbortSignal;
}

/** The exit code, or the kubelet's error Status. */
export type ExecResult = number | {readonly status: JsonObject};

export type ExecHandler = (call: ExecCall) => Promise<ExecResult>;

/** The Status that the API server sends on channel 3. */
export function statusOf(result: ExecResult): JsonObject {
  if (typeof result !== 'number') return result.status;
  if (result === 0) return {metadata: {}, status: 'Success'};
  return {
    metadata: {},
    status: 'Failure',
    message: `command terminated with non-zero exit code: command terminated with exit code ${result}`,
    reason: 'NonZeroExitCode',
    details: {causes: [{reason: 'ExitCode', message: result.toString()}]},
  };
}

/** A kubelet error, which is sent after the upgrade. */
export function refusal(message: string): JsonObject {
  return {
    metadata: {},
    status: 'Failure',
    message: `Internal error occurred: ${message}`,
    reason: 'InternalError',
    details: {causes: [{message}]},
    code: 500,
  };
}
