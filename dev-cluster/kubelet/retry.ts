import type {ContainerState} from './container-state.ts';
import {ConfigError} from './environment.ts';
import {ImageError} from './images.ts';
import {pause} from './pause.ts';
import type {PodContext} from './pod-context.ts';
import {MountError} from './volumes.ts';

const shortest = 1000;
const longest = 10_000;

/** Retries until everything the pod refers to exists, and reports meanwhile what is missing. */
export async function retryUntilAvailable(
  context: PodContext,
  act: () => unknown,
  state?: ContainerState,
): Promise<void> {
  for (let wait = shortest; !context.stopping.aborted; wait = Math.min(wait * 2, longest)) {
    try {
      await act();
      return;
    } catch (error) {
      reportFailure(context, error, state);
      context.changed();
      await pause(wait, context.stopping);
    }
  }
}

function reportFailure({event, changed}: PodContext, error: unknown, state?: ContainerState): void {
  if (error instanceof ConfigError) {
    state?.wait('CreateContainerConfigError', error.message);
    event('Warning', 'Failed', `Error: ${error.message}`);
  } else if (error instanceof MountError) {
    const what = `MountVolume.SetUp failed for volume ${JSON.stringify(error.volume)}`;
    event('Warning', 'FailedMount', `${what} : ${error.message}`);
  } else if (error instanceof ImageError) {
    event('Warning', 'Failed', error.event);
    state?.wait(error.reason, error.message);
    if (error.backOff === undefined) return;
    changed();
    event('Normal', 'BackOff', error.backOff);
    state?.wait('ImagePullBackOff', `${error.backOff}: ${error.reason}: ${error.message}`);
  } else throw error;
}
