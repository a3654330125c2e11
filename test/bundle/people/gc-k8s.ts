import {resolve} from 'node:path';
import {city, type City} from '../city.ts';
import type {Ended} from '../program.ts';

export const GC_K8S = resolve('dist/gc-k8s');

/** A cluster and people's way to call. */
export interface PeopleCity extends City {
  readonly gc: (args: string, settings?: Record<string, string>) => Promise<Ended>;
}

export async function peopleCity(...options: Parameters<typeof city>): Promise<PeopleCity> {
  const made = await city(...options);
  return {
    ...made,
    gc: (args, settings = {}) => made.run(args, {executable: GC_K8S, settings}),
  };
}
