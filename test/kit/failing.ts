import {expect} from 'vitest';

type ErrorClass = abstract new (...args: never[]) => Error;

/** The message with which `run` fails; it must fail, and with this kind of error. */
export function failureOf(kind: ErrorClass, run: () => unknown): string {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(kind);
    return error instanceof Error ? error.message : '';
  }
  throw new Error('it did not fail');
}

/** The same for what fails later. */
export async function rejectionOf(kind: ErrorClass, run: () => Promise<unknown>): Promise<string> {
  const outcome = await run().then(
    () => () => undefined,
    (error: unknown) => () => {
      throw error;
    },
  );
  return failureOf(kind, outcome);
}
