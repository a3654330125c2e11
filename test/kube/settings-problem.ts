import {expect} from 'vitest';
import {SettingsError} from '../../src/errors.ts';

/** The message of the SettingsError that this must end with: one line. */
export async function problem(connecting: Promise<unknown>): Promise<string> {
  const error: unknown = await connecting.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(SettingsError);
  const {message} = error as Error;
  expect(message).not.toContain('\n');
  return message;
}
