import type {Retention, RunSettings} from '../config/run-settings.ts';

/** The default time limit of one-shot runs, in seconds. */
const ONE_SHOT_SECONDS = 600;

/** Seconds that a start and the end of a pod may take beside the agent's own time. */
const AROUND_SECONDS = 240;

/** The limits and the retention of one run. */
export interface RunPolicy {
  /** Seconds the agent may run; 0: no limit. */
  readonly timeLimit: number;
  /** Seconds from SIGINT to SIGKILL. */
  readonly grace: number;
  /** Bytes of the log of its output. */
  readonly outputLimit: number;
  /** Set for a run that gets a result record: which pods stay after their end. */
  readonly retention: Retention | undefined;
  /** For how many seconds after its end the artifacts can be fetched. */
  readonly artifactsKeep: number;
}

/** The policy that the settings give a run. A box (`provision`) has no time limit and no record. */
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
 * `activeDeadlineSeconds` of the pod: the kubelet's limit, for a PID 1 that no longer works, well above the
 * limit that PID 1 keeps. Undefined without a limit.
 */
export function activeDeadline({timeLimit, grace, artifactsKeep}: RunPolicy): number | undefined {
  return timeLimit === 0 ? undefined : timeLimit + grace + artifactsKeep + AROUND_SECONDS;
}
