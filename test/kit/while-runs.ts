/**
 * What comes of the wait, as long as the program runs that it waits for. Raises how it ended when that
 * comes first: what it has not done by then it never will.
 */
export async function whileRuns<T>(
  ended: Promise<{readonly code: number | null; readonly stderr: string}>,
  wait: PromiseLike<T>,
): Promise<T> {
  const early = ended.then(({code, stderr}) => {
    throw new Error(`the program ended too early, with ${code ?? 'a signal'}: ${stderr}`);
  });
  return Promise.race([wait, early]);
}
