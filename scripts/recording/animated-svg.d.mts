import type {Screen} from './timeline.mjs';

export function animatedSvg(recording: {
  readonly screens: readonly Screen[];
  readonly endMs: number;
  readonly stillMs: number;
  readonly columns: number;
  readonly rows: number;
  readonly title: string;
}): string;
