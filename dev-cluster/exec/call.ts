import type {JsonObject} from '../json.ts';
import type {ApiObject} from '../store/object.ts';

export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

/** One exec, as whatever runs it sees it. */
export interface ExecCall {
  readonly pod: ApiObject;
  readonly container: string;
  readonly command: readonly string[];
  readonly tty: boolean;
  /** Ends at the client's half close and when the connection is lost; at once without stdin. */
  readonly stdin: AsyncIterable<Buffer>;
  readonly onResize: (listener: (size: TerminalSize) => void) => void;
  /** Resolves when the piece is on its way; dropped when the client did not ask for the stream. */
  readonly stdout: (piece: Buffer | string) => Promise<void>;
  readonly stderr: (piece: Buffer | string) => Promise<void>;
  /**
   * Aborted when the container ends or the cluster stops. Not when the client goes away: as on a
   * real node, the command then goes on.
   */
  readonly signal: AbortSignal;
}

/** The exit code, or the Status that the kubelet would answer in its place. */
export type ExecResult = number | {readonly status: JsonObject};

export type ExecHandler = (call: ExecCall) => Promise<ExecResult>;

/** What the API server sends on channel 3 for this end. */
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

/** The kubelet's refusal, as it arrives after the upgrade. */
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
