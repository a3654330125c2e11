/**
 * Some bytes for a script's stdin, which then stays open until the exec ends: a script that reads on
 * learns from its end that nobody listens any more. (What it prints tells it nothing: the container
 * runtime goes on taking it.)
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
