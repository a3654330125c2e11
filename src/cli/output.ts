import {constants, fstatSync, openSync} from 'node:fs';
import type {Log} from '../json-log.ts';

const STDOUT = 1;

let isListening = false;

/**
 * Writes to stdout through the stream; resolves when the stream has taken it, so that a slow reader slows
 * the caller down. Calls `leave` when nobody reads stdout any more (`… | head -1`).
 */
export function print(piece: string | Buffer, leave: () => void): Promise<void> {
  listen(leave);
  return new Promise((resolve, reject) => {
    process.stdout.write(piece, error => {
      if (isClosedPipe(error)) leave();
      else if (error) reject(error);
      resolve();
    });
  });
}

/** Each failed write emits an `error` too, which would be an uncaught exception without a listener. */
function listen(leave: () => void): void {
  if (isListening) return;
  isListening = true;
  process.stdout.on('error', error => {
    if (isClosedPipe(error)) leave();
  });
}

/** Node's wrapper of libuv's TCP handle, as far as it is used here. */
interface TcpHandle {
  open(fd: number): number;
  readStart(): number;
  onread: () => void;
}

type TcpBinding = Readonly<{
  TCP: new (type: number) => TcpHandle;
  constants: Readonly<Record<'SOCKET', number>>;
}>;

/**
 * Calls back as soon as nobody can read stdout any more, even if nothing is written. Only for pipes, on
 * Linux: a terminal that goes away sends SIGHUP.
 *
 * The kernel reports this to whoever polls the pipe (EPOLLERR), but Node's public API has no way to poll
 * without reading, and libuv refuses to read from what is open for writing only: `new net.Socket({fd})`,
 * whatever its options, ends with ENOTCONN. A TCP handle is not checked: it polls, and there is nothing to
 * read before the error comes. Only the deprecated `process.binding` (DEP0111) still makes one for a file
 * descriptor of another kind.
 *
 * Looked at and left: opening /dev/fd/1 again now and then (an anonymous pipe without a reader opens all
 * the same), writes of no bytes (they succeed), fs.watch (inotify's events for a close are not asked for),
 * and a helper process (one more for each watch). If the binding is gone one day, the next write finds it
 * out, which may be hours later; the test in test/cli/run.test.ts fails then.
 */
export function onReaderGone(callback: () => void, log: Pick<Log, 'warn'>): void {
  if (process.platform !== 'linux' || !fstatSync(STDOUT).isFIFO()) return;
  try {
    const {binding} = process as unknown as {binding: (name: 'tcp_wrap') => TcpBinding};
    const {TCP, constants: types} = binding('tcp_wrap');
    const handle = new TCP(types.SOCKET);
    // Opened again, because the handle makes its file description non-blocking, which ours must not be.
    const pipe = openSync('/dev/fd/1', constants.O_WRONLY | constants.O_NONBLOCK);
    handle.onread = callback;
    const failure = handle.open(pipe) || handle.readStart();
    if (failure !== 0) log.warn('output.unwatched', {failure});
  } catch (error) {
    // Then only the next write finds it out.
    log.warn('output.unwatched', {error: String(error)});
  }
}

/** True when nobody reads the pipe any more. */
function isClosedPipe(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EPIPE';
}
