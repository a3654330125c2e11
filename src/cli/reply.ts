import {writeSync} from 'node:fs';
import type {Reply} from './operation.ts';

const STDOUT = 1;
const STDERR = 2;

/** Writes the reply to stdout and gives the exit code. */
export async function writeReply(reply: Reply): Promise<number> {
  if (reply.kind === 'text') await writeAll(Buffer.from(reply.text));
  return reply.kind === 'exit' ? reply.code : 0;
}

/** Writes a line to stderr, synchronously; does nothing when stderr is closed. */
export function writeErrorLine(line: string): void {
  try {
    writeSync(STDERR, `${line}\n`);
  } catch {
    // Nobody reads stderr any more, and there is no other place to say so.
    return;
  }
}

/**
 * Writes synchronously as far as possible: for a small reply, loading `process.stdout` costs more than
 * writing. The rest goes through the stream, which waits for a slow reader and tells what went wrong.
 */
async function writeAll(data: Buffer): Promise<void> {
  let written = 0;
  try {
    while (written < data.length) written += writeSync(STDOUT, data, written);
  } catch {
    const {print} = await import('./output.ts');
    await print(data.subarray(written), () => undefined);
  }
}
