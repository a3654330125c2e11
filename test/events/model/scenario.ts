import type {Way} from './client.ts';
import type {Scheduler} from './scheduler.ts';

/** The load and the faults of one round, drawn from its seed. */
export interface Scenario extends Way {
  readonly writers: number;
  readonly recordsEach: number;
  readonly shellShare: number;
  readonly shellSlownessMs: number;
  readonly crash: number;
  readonly watchers: number;
  readonly history: number;
  readonly prunes: number;
  readonly forgets: number;
  readonly tampers: number;
  readonly bigShare: number;
  /** Over which all begins. */
  readonly spanMs: number;
}

/** The scenario of the round with this seed. */
export function drawScenario(scheduler: Scheduler): Scenario {
  const pick = <T>(...values: [T, ...T[]]): T =>
    values[scheduler.below(values.length)] ?? values[0];
  const tampers = pick(0, 0, 0, 1, 2);
  const prunes = pick(0, 0, 1, 3);
  return {
    latencyMs: pick(1, 5, 20),
    loss: pick(0, 0, 0.05, 0.25),
    writers: 2 + scheduler.below(9),
    recordsEach: 1 + scheduler.below(3),
    // A shell writer does not notice a counter that was put back.
    shellShare: tampers > 0 ? 0 : pick(0, 0.3, 0.7),
    shellSlownessMs: pick(20, 300, 10_000),
    crash: pick(0, 0.1, 0.4),
    watchers: 1 + scheduler.below(3),
    history: pick(0, 0, 0, 0, 0, 5, 40, 160),
    prunes,
    spanMs: prunes > 0 ? pick(8000, 20_000) : pick(50, 300, 3000),
    forgets: pick(0, 0, 2, 6),
    tampers,
    bigShare: pick(0, 0, 0, 0.2),
  };
}
