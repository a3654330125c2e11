import {expect} from 'vitest';
import {ANSWERS} from '../answers.ts';
import {ALL, names, ordered, rows} from '../operation-rows.ts';
import {summary} from '../program.ts';

/** Every operation goes on over an exchange that is never answered. */
export async function sessionsAreRight(): Promise<void> {
  // `exec` may have run and is not asked again; a start's create is waited for longer (creates.ts).
  const calls = ALL.filter(([args]) => args !== 'start other' && args !== 'exec mayor');
  for (const row of await rows(ordered({type: 'hang'}), calls)) {
    expect(summary(row), row.operation).toBe(`0 ${ANSWERS[row.operation] ?? ''}`);
    expect(names(row), row.operation).toEqual(row.operation === 'stop' ? [] : ['mayor']);
  }
}
