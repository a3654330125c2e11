import type {Server, Socket} from 'node:net';
import {connect, createServer} from 'node:net';

/**
 * So long does one wait for another who has the turn: a write takes milliseconds, and a process
 * that was stopped, or is none of ours, holds nobody up.
 */
const PATIENCE_MS = 2000;

/** And so long for a turn in all; then goes without. */
const LONGEST_WAIT_MS = 12_000;

/** Between the end of one turn and the try for the next: who waited longer is quicker. */
const PAUSE_MS = 8;

/** What another says of how long it is worth waiting is believed so far. */
const LONGEST_PAUSE_MS = 1000;

/** A turn that was taken, or not: it is an advice, and the log is right without. */
export interface Turn {
  /** True when somebody else had it first, so that what was read before is old. */
  readonly waited: boolean;
  readonly end: () => void;
}

/** Takes turns with the other processes of this machine that use the same name. */
export type TakeTurn = () => Promise<Turn>;

/**
 * Fifty processes that race for one object spend fifty tries on each write; one after the other
 * they spend one. The turn is a Unix socket in Linux' abstract namespace: it is nobody's file, and
 * the kernel takes it back when its holder dies. Elsewhere there are no turns.
 */
export function turnsOf(name: string): TakeTurn {
  if (process.platform !== 'linux') return () => Promise.resolve(noTurn(false));
  return async () => {
    const path = `\0${name}`;
    const endsAtMs = performance.now() + LONGEST_WAIT_MS;
    for (let round = 0; performance.now() < endsAtMs; round += 1) {
      const taken = await tryToListen(path);
      if (taken !== 'busy') return taken ? held(taken, round > 0) : noTurn(round > 0);
      const hintMs = await endOfTurn(path);
      if (hintMs === undefined) return noTurn(true);
      await pause(hintMs + (Math.random() * PAUSE_MS) / (1 + round));
    }
    return noTurn(true);
  };
}

function noTurn(waited: boolean): Turn {
  return {waited, end: () => undefined};
}

interface Listening {
  readonly close: () => void;
}

function held({close}: Listening, waited: boolean): Turn {
  return {waited, end: close};
}

/** Listens there; `busy` when somebody does already, undefined when that cannot be. */
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
    // The first who came tries first; the others need not wake all at once for each turn.
    const turnMs = performance.now() - sinceMs;
    for (const [place, socket] of [...waiting].entries()) socket.end(`${(place * turnMs) / 2}`);
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
 * Waits for the end of the turn somebody has, and gives the milliseconds after which it is worth
 * trying; undefined when it takes too long.
 */
function endOfTurn(path: string): Promise<number | undefined> {
  return new Promise(resolve => {
    const socket = connect(path);
    let hint = '';
    const timer = setTimeout(() => {
      resolve(undefined);
      socket.destroy();
    }, PATIENCE_MS);
    socket.on('error', () => socket.destroy());
    socket.on('data', piece => (hint += piece.toString()));
    socket.on('close', () => {
      clearTimeout(timer);
      resolve(Math.min(LONGEST_PAUSE_MS, Number(hint) || 0));
    });
  });
}

function pause(ms: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, ms));
}
