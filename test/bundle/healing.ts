import type {FaultAction} from '../../dev-cluster/faults.ts';

/** What fails one exchange, and is over when that is made again. */
export const HEALING: [string, FaultAction][] = [
  ['429', {type: 'status', code: 429, retryAfterSeconds: 0}],
  ['500', {type: 'status', code: 500}],
  ['503', {type: 'status', code: 503}],
  ['504 after the effect', {type: 'status', code: 504, when: 'after'}],
  ['cut before the effect', {type: 'cut', when: 'before'}],
  ['cut after the effect', {type: 'cut', when: 'after'}],
];
