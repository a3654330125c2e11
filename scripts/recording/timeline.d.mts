import type {Run} from './styled-runs.mjs';

export interface Screen {
  readonly atMs: number;
  readonly lines: readonly (readonly Run[])[];
}

export interface Part {
  readonly row: number;
  readonly runs: readonly Run[];
  readonly spans: readonly (readonly [fromMs: number, toMs: number])[];
}

export function timeline(screens: readonly Screen[], endMs: number): Part[];
