import {it} from 'vitest';

/** Set by the project `embedded`, whose containers are processes of this machine. */
const isEmbedded = process.env.GC_TEST_EMBEDDED !== undefined;

/** A test of what only real nodes have; on the embedded cluster it is skipped, and says why. */
export function itOnRealNodes(
  name: string,
  {becauseEmbedded}: {readonly becauseEmbedded: string},
  run: () => Promise<void>,
): void {
  if (isEmbedded) console.warn(`SKIPPED on the embedded cluster: ${name}: ${becauseEmbedded}`);
  it.skipIf(isEmbedded)(name, run);
}
