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
 * Small replies go out at once: loading process.stdout costs more than writing. What the pipe does
 * not take goes on through the stream, which waits for the reader.
 */
async function writeAll(data: Buffer): Promise<void> {
  let written = 0;
  try {
    while (written < data.length) written += writeSync(STDOUT, data, written);
  } catch (error) {
    if (isClosedPipe(error)) return;
    if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) throw error;
    const rest = data.subarray(written);
    await new Promise<void>((resolve, reject) => {
      process.stdout.write(rest, failure => {
        if (failure && !isClosedPipe(failure)) reject(failure);
        else resolve();
      });
    });
  }
}

/** The reader has what it wanted (`… | head -1`). */
export function isClosedPipe(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EPIPE';
}
