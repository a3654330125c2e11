import type {Retention, RunSettings} from '../config/run-settings.ts';

/** Seconds for a one-shot run that nobody gave another limit. */
const ONE_SHOT_SECONDS = 600;

/** How long a start may take until the agent's time begins, and a pod its end: for the backstop. */
const AROUND_SECONDS = 240;

/** What holds for one run from its start to after its end. */
export interface RunPolicy {
  /** Seconds the agent may run; 0: no limit. */
  readonly timeLimit: number;
  /** Seconds from SIGINT to SIGKILL. */
  readonly grace: number;
  /** Bytes of the log of its output. */
  readonly outputLimit: number;
  /** Set for a run that gets a result record: which pods stay after their end. */
  readonly retention: Retention | undefined;
  /** Seconds that its artifacts can be fetched after its end. */
  readonly artifactsKeep: number;
}

export function runPolicy(
  settings: RunSettings,
  {isOneShot, isBox}: {isOneShot: boolean; isBox: boolean},
): RunPolicy {
  const isRecorded = !isBox && (isOneShot || settings.retention !== 'delete');
  return {
    timeLimit: isBox ? 0 : (settings.timeout ?? (isOneShot ? ONE_SHOT_SECONDS : 0)),
    grace: settings.stopGrace,
    outputLimit: Math.floor(settings.outputLimit.value),
    retention: isRecorded ? settings.retention : undefined,
    artifactsKeep: isRecorded ? Math.ceil(settings.artifactsKeep / 1000) : 0,
  };
}

/**
 * For a pod whose PID 1 cannot keep the limit any more: the kubelet's own, well after ours
 * (PodSpec.activeDeadlineSeconds). Undefined without a limit.
 */
export function activeDeadline({timeLimit, grace, artifactsKeep}: RunPolicy): number | undefined {
  return timeLimit === 0 ? undefined : timeLimit + grace + artifactsKeep + AROUND_SECONDS;
}
