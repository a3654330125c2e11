import {describe, it, type TestContext, type TestOptions} from 'vitest';

declare module 'vitest' {
  interface TaskMeta {
    /** Why the test was skipped; in the JSON report, where scripts/checks.mjs reads it. */
    skipped?: string;
  }
}

/**
 * As `describe`; what `whyNot` gives a reason against is skipped loudly: on stderr, in the name, and
 * in the report.
 */
export function describeUnless(
  whyNot: string | undefined,
  name: string,
  body: () => void,
  options: TestOptions = {},
): void {
  if (whyNot === undefined) describe(name, options, body);
  else itUnless(whyNot, name, () => Promise.resolve());
}

/** The same for one test. */
export function itUnless(
  whyNot: string | undefined,
  name: string,
  body: () => Promise<void>,
  options: TestOptions = {},
): void {
  if (whyNot === undefined) it(name, options, body);
  else it(name, context => skipped(context, whyNot));
}

/** Skips a test that is under way, for what only then was found out. */
export function skipped(context: TestContext, why: string): never {
  console.warn(`SKIPPED: ${context.task.name}: ${why}`);
  context.task.meta.skipped = why;
  return context.skip(why);
}
