import {expect} from 'vitest';
import {ANSWERS} from '../answers.ts';
import {ON_A_SESSION, type City} from '../city.ts';
import {ALL, names, ordered, rows} from '../operation-rows.ts';
import {summary} from '../program.ts';

/** Every operation goes on over an exchange that is never answered. */
export async function sessionsAreRight(): Promise<void> {
  // `exec` may have run and is not asked again; a start's create is waited for longer (creates.ts).
  const calls = ALL.filter(([args]) => !/ other$|^exec /.test(args));
  for (const row of await rows(ordered({type: 'hang'}), calls)) {
    expect(summary(row), row.operation).toBe(`0 ${ANSWERS[row.operation] ?? ''}`);
    expect(names(row), row.operation).toEqual(row.operation === 'stop' ? [] : ['mayor']);
  }
}

/** The same where the exec was accepted, and then nothing more came, not even the answer to a ping. */
export async function silentExecsAreRight(): Promise<void> {
  const silent = (own: City) =>
    void own.dev.faults.add({match: {path: /exec/}, action: {type: 'exec', how: 'silent'}});
  // `exec` may have run and is not asked again.
  const calls = ON_A_SESSION.filter(([args]) => args !== 'exec mayor');
  for (const row of await rows(silent, calls)) {
    expect(summary(row), row.operation).toBe(`0 ${ANSWERS[row.operation] ?? ''}`);
  }
}
