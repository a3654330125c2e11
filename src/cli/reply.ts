import {writeSync} from 'node:fs';
import type {Reply} from './operation.ts';

const STDOUT = 1;
const STDERR = 2;

/** Writes the reply and gives the exit code. */
export async function writeReply(reply: Reply): Promise<number> {
  if (reply.kind === 'text') await writeAll(Buffer.from(reply.text));
  return reply.kind === 'exit' ? reply.code : 0;
}

/** One line on stderr, however long it is and whatever stderr is. */
export function writeErrorLine(line: string): void {
  try {
    writeSync(STDERR, `${line}\n`);
  } catch {
    // Nobody reads stderr any more, and there is no other place to say so.
    return;
  }
}

/**
 * Small replies go out at once: loading process.stdout costs more than writing. What could not be
 * written so goes on through the stream, which waits for the reader.
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
