import {isClosedPipe} from './reply.ts';

/** Writes to stdout for operations that stream; resolves when the reader keeps up, raises EPIPE when it left. */
export function print(piece: string | Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(piece, error => {
      if (error) reject(error);
      else resolve();
    });
  });
}

/** Calls back when a write finds that nobody reads stdout any more (`… | head -1`). */
export function onUnreadOutput(callback: () => void): void {
  // Without a listener a broken pipe would be an uncaught exception.
  process.stdout.on('error', error => {
    if (isClosedPipe(error)) callback();
    else throw error;
  });
}
