import {expect, vi} from 'vitest';
import type {FaultMatch} from '../../dev-cluster/faults.ts';
import {whileRuns} from '../kit/while-runs.ts';
import type {City} from './city.ts';
import type {Ended} from './program.ts';

/** The exchanges of a start. */
export const EXCHANGES: [string, FaultMatch][] = [
  ['create', {method: 'POST'}],
  ['look for a second pod', {path: /pods\/mayor-[0-9a-f]{10}$/}],
  ['watch', {path: /watch=/}],
  ['exec', {path: /exec/}],
  ['mark', {method: 'PATCH'}],
];

/** Every pod that was created was deleted, by its uid. */
export function nothingIsLeft(own: City): void {
  expect(own.pods()).toEqual([]);
  const made = own.dev.store.list('pods', 'default');
  expect(made).toEqual([]);
}

/** Waits until the start has sent a request like this. */
export async function until(
  {dev}: City,
  ended: Promise<Ended>,
  isWanted: (request: City['dev']['requests'][number]) => boolean,
): Promise<void> {
  const isSent = vi.waitUntil(() => dev.requests.some(isWanted), {timeout: 30_000, interval: 5});
  await whileRuns(ended, isSent);
}
