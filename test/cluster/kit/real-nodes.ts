import {itUnless} from '../../kit/unless.ts';

/** Set by the project `embedded`, whose containers are processes of this machine. */
export const isEmbedded = process.env.GC_TEST_EMBEDDED !== undefined;

/** A test of what only real nodes have; on the embedded cluster it is skipped, and says why. */
export function itOnRealNodes(
  name: string,
  {becauseEmbedded}: {readonly becauseEmbedded: string},
  run: () => Promise<void>,
): void {
  itUnless(isEmbedded ? `on the embedded cluster ${becauseEmbedded}` : undefined, name, run);
}
