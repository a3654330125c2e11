import type {Inside} from './enter.ts';
import {enterWithPipes} from './enter.ts';
import type {FifoPool} from './fifo-pool.ts';
import type {Sandbox} from './sandbox.ts';

/** Runs a command in a container without input; returns its exit code and all its output. */
export async function output(
  sandbox: Sandbox,
  {fifos, inside}: {readonly fifos: FifoPool; readonly inside: Inside},
  command: readonly string[],
  signal: AbortSignal,
): Promise<{readonly code: number; readonly output: string}> {
  const said: string[] = [];
  const hear = (piece: Buffer | string): Promise<void> => {
    said.push(piece.toString());
    return Promise.resolve();
  };
  const result = await enterWithPipes(sandbox, fifos, inside, {
    command,
    stdin: nothing(),
    stdout: hear,
    stderr: hear,
    signal,
  });
  if (typeof result === 'number') return {code: result, output: said.join('')};
  return {code: 128, output: JSON.stringify(result.status.message)};
}

async function* nothing(): AsyncGenerator<Buffer> {
  // Empty input.
}
