/**
 * Bytes for a script's stdin, which then stays open until the exec ends. A script that reads it to its end
 * learns that its caller is gone. (It cannot learn that from writing: the container runtime goes on taking
 * its output.)
 */
export async function* openStdin(
  signal: AbortSignal,
  first: Buffer = Buffer.alloc(0),
): AsyncGenerator<Buffer> {
  if (first.length > 0) yield first;
  await new Promise<void>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), {once: true});
  });
}
