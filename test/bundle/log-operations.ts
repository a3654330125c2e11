import {expect} from 'vitest';
import type {FaultAction} from '../../dev-cluster/faults.ts';
import type {LogCity} from './log-city.ts';
import {event, line, withFirst} from './log-objects.ts';

/** Each operation, what it reads, and what it prints of a log with the one event `first`. */
export const OPERATIONS = [
  ['ensure-running', '', ''],
  ['record', event('second'), ''],
  ['list', '{}', `[${line(1, 'first')}]\n`],
  ['latest-seq', '', '1\n'],
] as const;

export type Operation = (typeof OPERATIONS)[number];

const known = new Map<string, readonly string[]>();

/** The methods of an operation's exchanges when all is well. */
export async function exchangesOf([operation, stdin]: Operation): Promise<readonly string[]> {
  const methods = known.get(operation);
  if (methods !== undefined) return methods;
  const own = await withFirst();
  await own.gc(operation, stdin);
  const found = own.dev.requests.map(({method}) => method);
  expect(found.length).toBeGreaterThan(0);
  known.set(operation, found);
  return found;
}

/** The log as a reader finds it afterwards. */
export async function logOf(own: LogCity): Promise<readonly string[]> {
  own.dev.faults.clear();
  return own.log.events();
}

export const wantedOf = (operation: string): string[] =>
  operation === 'record' ? [line(1, 'first'), line(2, 'second')] : [line(1, 'first')];

/** Runs the operation, whose exchange of this number, from 1 on, meets these faults in turn. */
export async function survives(
  [operation, stdin, printed]: Operation,
  exchange: number,
  actions: readonly FaultAction[],
): Promise<void> {
  const own = await withFirst();
  for (const action of actions) own.dev.faults.add({match: {nth: exchange}, action});
  const what = `${operation}: ${JSON.stringify(actions)} at exchange ${exchange}`;
  expect([what, ...(await own.gc(operation, stdin))]).toEqual([what, 0, printed, '']);
  // Each was met: the last of them stands in the way of what came then.
  for (const {seen} of own.dev.faults.list) expect([what, seen >= exchange]).toEqual([what, true]);
  expect([what, ...(await logOf(own))]).toEqual([what, ...wantedOf(operation)]);
  expect([what, await own.log.latest()]).toEqual([what, wantedOf(operation).length]);
}
