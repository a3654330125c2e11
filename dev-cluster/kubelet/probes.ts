import type {JsonObject} from '../json.ts';
import {isObject, numberAt} from '../json.ts';
import {pause} from './pause.ts';
import type {ProbeTarget} from './probe.ts';
import {probeOnce} from './probe.ts';

/** The effects of a container's probes. */
export interface ProbeListener {
  readonly started: () => void;
  readonly ready: (isReady: boolean) => void;
  /** The startup or liveness probe reached its failure threshold: the container must be killed. */
  readonly failed: (kind: Kind) => void;
  /** One attempt failed. */
  readonly unhealthy: (kind: Kind, why: string) => void;
}

export type Kind = 'Startup' | 'Readiness' | 'Liveness';

/** Runs a container's probes until the signal aborts: the startup probe first, then the other two. */
export async function runProbes(
  target: ProbeTarget,
  listener: ProbeListener,
  signal: AbortSignal,
): Promise<void> {
  const {startupProbe, readinessProbe, livenessProbe} = target.container;
  if (isObject(startupProbe)) {
    const isUp = await firstVerdict('Startup', startupProbe, {target, listener, signal});
    if (signal.aborted) return;
    if (!isUp) {
      listener.failed('Startup');
      return;
    }
  }
  listener.started();
  const watched: Promise<void>[] = [];
  if (isObject(readinessProbe)) {
    const verdicts = follow('Readiness', readinessProbe, {target, listener, signal});
    watched.push(each(verdicts, isReady => listener.ready(isReady)));
  } else listener.ready(true);
  if (isObject(livenessProbe)) {
    const alive = follow('Liveness', livenessProbe, {target, listener, signal});
    watched.push(each(alive, isAlive => (isAlive ? undefined : listener.failed('Liveness'))));
  }
  await Promise.all(watched);
}

interface Probing {
  readonly target: ProbeTarget;
  readonly listener: ProbeListener;
  readonly signal: AbortSignal;
}

async function firstVerdict(kind: Kind, probe: JsonObject, probing: Probing): Promise<boolean> {
  for await (const verdict of follow(kind, probe, probing)) return verdict;
  return false;
}

async function each(
  verdicts: AsyncIterable<boolean>,
  act: (verdict: boolean) => void,
): Promise<void> {
  for await (const verdict of verdicts) act(verdict);
}

/** Yields every change of the probe's result, according to its thresholds. */
async function* follow(
  kind: Kind,
  probe: JsonObject,
  {target, listener, signal}: Probing,
): AsyncGenerator<boolean> {
  const setting = (name: string, otherwise: number): number => numberAt(probe, name) ?? otherwise;
  let inARow = 0;
  let last: boolean | undefined;
  let verdict: boolean | undefined;
  await pause(setting('initialDelaySeconds', 0) * 1000, signal);
  const isOver = (): boolean => signal.aborted;
  while (!isOver()) {
    const limit = AbortSignal.timeout(setting('timeoutSeconds', 1) * 1000);
    const why = await probeOnce(probe, target, AbortSignal.any([signal, limit]));
    if (isOver()) return;
    if (why !== undefined) listener.unhealthy(kind, why);
    const isGood = why === undefined;
    inARow = isGood === last ? inARow + 1 : 1;
    last = isGood;
    const enough = isGood ? setting('successThreshold', 1) : setting('failureThreshold', 3);
    if (inARow >= enough && verdict !== isGood) {
      verdict = isGood;
      yield isGood;
    }
    await pause(setting('periodSeconds', 10) * 1000, signal);
  }
}
