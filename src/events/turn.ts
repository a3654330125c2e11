import type {Server, Socket} from 'node:net';
import {connect, createServer} from 'node:net';

/**
 * How long to wait for one holder of the turn. A write takes milliseconds; a process that hangs, or is not
 * ours, must not hold up the others.
 */
const PATIENCE_MS = 2000;

/** How long to wait for a turn in all; after that the caller goes without one. */
const LONGEST_WAIT_MS = 12_000;

/** The longest pause between the end of a turn and the try for the next; shorter for who waited longer. */
const PAUSE_MS = 8;

/** The longest pause that is taken from what the holder of the turn suggests. */
const LONGEST_PAUSE_MS = 1000;

/** A turn, taken or not. Turns are advisory: they only save tries, the log is correct without them. */
export interface Turn {
  /** True when another process had the turn before, so that what was read before it is out of date. */
  readonly waited: boolean;
  readonly end: () => void;
}

/** Takes turns with the other processes of this machine that use the same name. */
export type TakeTurn = () => Promise<Turn>;

/**
 * Turns among the processes of this machine under one name. Fifty processes that race for one object need
 * fifty tries for each write; one after the other they need one. Whoever listens on a Unix socket in Linux's
 * abstract namespace has the turn: it leaves no file, and the kernel closes it when its holder dies. There
 * are no turns on other systems.
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
