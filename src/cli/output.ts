import {constants, fstatSync, openSync} from 'node:fs';
import type {Log} from '../json-log.ts';

const STDOUT = 1;

let isListening = false;

/**
 * Writes to stdout through the stream; resolves when the reader keeps up. Calls `leave` when the reader
 * has left (`… | head -1`).
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

/** Without a listener every failure, of which the write tells too, would be an uncaught exception. */
function listen(leave: () => void): void {
  if (isListening) return;
  isListening = true;
  process.stdout.on('error', error => {
    if (isClosedPipe(error)) leave();
  });
}

/** What Node wraps around libuv's TCP handle. */
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
 * Calls back as soon as nobody can read stdout any more, even if nothing is written. Only for pipes,
 * on Linux: a terminal that goes away sends SIGHUP.
 *
 * The kernel reports such a pipe to whoever polls it, but Node polls a stream only while it reads, and
 * does not read where one can only write. A TCP handle it takes for readable without a look; there is
 * nothing to read before the error comes.
 */
export function onReaderGone(callback: () => void, log: Pick<Log, 'warn'>): void {
  if (process.platform !== 'linux' || !fstatSync(STDOUT).isFIFO()) return;
  try {
    const {binding} = process as unknown as {binding: (name: 'tcp_wrap') => TcpBinding};
    const {TCP, constants: types} = binding('tcp_wrap');
    const handle = new TCP(types.SOCKET);
    // Opened anew, because the handle makes what it is given non-blocking.
    const pipe = openSync('/dev/fd/1', constants.O_WRONLY | constants.O_NONBLOCK);
    handle.onread = callback;
    const failure = handle.open(pipe) || handle.readStart();
    if (failure !== 0) log.warn('output.unwatched', {failure});
  } catch (error) {
    // The next write finds it out all the same.
    log.warn('output.unwatched', {error: String(error)});
  }
}

/** The reader has what it wanted (`… | head -1`). */
function isClosedPipe(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EPIPE';
}
