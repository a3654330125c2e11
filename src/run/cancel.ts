import {PodCommandError, SessionAbsentError} from '../errors.ts';
import {runInSession} from '../tmux/in-session.ts';
import type {SessionPlace} from '../tmux/session-place.ts';
import cancelScript from './scripts/cancel.sh';

/**
 * Asks the pod's PID 1 to end the run: SIGINT to the agent's process group, SIGKILL after the grace
 * period, which is returned in seconds. Does not wait for the end. Raises SessionAbsentError when no agent
 * runs, PodCommandError for a pod of another provider.
 */
export async function cancelRun(place: SessionPlace): Promise<number> {
  const result = await runInSession(place, {text: cancelScript, again: 'safe'});
  if (result === undefined) {
    throw new SessionAbsentError(`session "${place.session}" has no agent that runs`);
  }
  if (result.exitCode === 0) return Number(result.stdout.toString().trim());
  const why = result.stderr.toString().trim() || `exit code ${result.exitCode}`;
  throw new PodCommandError(`session "${place.session}" cannot be cancelled: ${why}; use stop`);
}
