import type {Server, Socket} from 'node:net';
import {connect, createServer} from 'node:net';

/**
 * How long to wait for one holder. A write takes milliseconds; a process that hangs, or is not ours, must
 * not block the others.
 */
const HOLDER_TIMEOUT_MS = 2000;

/** How long to wait in total; after that the caller proceeds without the lock. */
const MAX_WAIT_MS = 12_000;

/** The longest random delay between a release and the next attempt; it shrinks with each round waited. */
const MAX_JITTER_MS = 8;

/** The longest delay accepted from the previous holder's hint. */
const MAX_HINT_MS = 1000;

/** The result of an attempt, held or not. The lock only saves retries; the log is correct without it. */
export interface Lock {
  /** True when another process held the lock meanwhile, so that anything read before is out of date. */
  readonly waited: boolean;
  readonly release: () => void;
}

/** Waits for the lock, but never fails: without it, the caller just competes. */
export type AcquireLock = () => Promise<Lock>;

/**
 * An advisory lock shared by the processes of this machine that use the same name. Fifty processes racing
 * for one object need fifty attempts per write; one after the other they need one. The holder is whoever
 * listens on a Unix socket in Linux's abstract namespace: it leaves no file, and the kernel closes it when
 * the holder dies. On other systems nothing is locked.
 */
export function advisoryLock(name: string): AcquireLock {
  if (process.platform !== 'linux') return () => Promise.resolve(withoutLock(false));
  return async () => {
    const path = `\0${name}`;
    const endsAtMs = performance.now() + MAX_WAIT_MS;
    for (let round = 0; performance.now() < endsAtMs; round += 1) {
      const lock = await tryToListen(path);
      if (lock !== 'busy') return lock ? held(lock, round > 0) : withoutLock(round > 0);
      const hintMs = await waitForRelease(path);
      if (hintMs === undefined) return withoutLock(true);
      await pause(hintMs + (Math.random() * MAX_JITTER_MS) / (1 + round));
    }
    return withoutLock(true);
  };
}

function withoutLock(waited: boolean): Lock {
  return {waited, release: () => undefined};
}

interface Listening {
  readonly close: () => void;
}

function held({close}: Listening, waited: boolean): Lock {
  return {waited, release: close};
}

/** Listens on the socket; `busy` when another process does, undefined when listening fails. */
function tryToListen(path: string): Promise<Listening | 'busy' | undefined> {
  const waiting = new Set<Socket>();
  const sinceMs = performance.now();
  const server: Server = createServer(socket => {
    waiting.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => waiting.delete(socket));
  });
  const close = () => {
    server.close();
    // First come, first served: the hint spreads the waiters out, so that they do not all wake at once.
    const heldMs = performance.now() - sinceMs;
    for (const [place, socket] of [...waiting].entries()) socket.end(`${(place * heldMs) / 2}`);
  };
  return new Promise(resolve => {
    server.on('error', error => {
      resolve('code' in error && error.code === 'EADDRINUSE' ? 'busy' : undefined);
    });
    server.listen(path, () => {
      resolve({close});
    });
    server.unref();
  });
}

/**
 * Waits until the holder releases the lock, and returns the milliseconds to wait before trying;
 * undefined when the holder takes too long.
 */
function waitForRelease(path: string): Promise<number | undefined> {
  return new Promise(resolve => {
    const socket = connect(path);
    let hint = '';
    const timer = setTimeout(() => {
      resolve(undefined);
      socket.destroy();
    }, HOLDER_TIMEOUT_MS);
    socket.on('error', () => socket.destroy());
    socket.on('data', piece => (hint += piece.toString()));
    socket.on('close', () => {
      clearTimeout(timer);
      resolve(Math.min(MAX_HINT_MS, Number(hint) || 0));
    });
  });
}

function pause(ms: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, ms));
}
