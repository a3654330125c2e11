import type {FaultAction} from '../../dev-cluster/faults.ts';
import type {City} from './city.ts';
import {city, ON_A_SESSION} from './city.ts';
import type {Ended} from './program.ts';

export interface Row extends Ended {
  readonly operation: string;
  readonly own: City;
}

/** Every operation on a session, and those without one. */
export const ALL: readonly (readonly [string, string])[] = [
  ...ON_A_SESSION,
  ['list-running', ''],
  ['start other', '{}'],
  ['provision other', '{}'],
];

/** Runs every operation, each in a city of its own with the session mayor, after this was done to it. */
export async function rows(
  prepare: (own: City) => void,
  calls: readonly (readonly [string, string])[] = ALL,
): Promise<Row[]> {
  return Promise.all(
    calls.map(async ([args, stdin]) => {
      const own = await city();
      await own.session('mayor');
      prepare(own);
      const ended = await own.run(args, {stdin});
      return {...ended, own, operation: args.split(' ')[0] ?? ''};
    }),
  );
}

/** The pods there are. */
export const names = ({own}: Row): string[] => own.pods().map(({metadata}) => metadata.name);

/** Orders this fault for whatever comes first. */
export const ordered = (action: FaultAction) => (own: City) =>
  void own.dev.faults.add({match: {}, action});
