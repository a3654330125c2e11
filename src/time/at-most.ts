/**
 * Runs `work` on every item, at most `limit` at a time; gives the results in the items' order. Raises the
 * first failure; no item is begun after it.
 */
export async function atMost<T, R>(
  limit: number,
  items: readonly T[],
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  // A generator, because an exception in the loop of one worker closes it for all of them.
  const queue = (function* () {
    yield* items.entries();
  })();
  const worker = async () => {
    for (const [at, item] of queue) results[at] = await work(item);
  };
  await Promise.all(Array.from({length: Math.min(limit, items.length)}, worker));
  return results;
}
