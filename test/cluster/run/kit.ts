import {resolve} from 'node:path';
import type {Pod} from '../../../src/kube/cluster.ts';
import {isOver, type Run} from '../../../src/run/run.ts';
import {runOfPod} from '../../../src/run/run-of-pod.ts';
import type {Playground} from '../kit/playground.ts';
import {until} from '../kit/poll.ts';
import {launch, type Ran} from '../kit/process.ts';

export const GC_K8S = resolve(import.meta.dirname, '../../../dist/gc-k8s');

/** Runs `gc-k8s` with the playground's environment, and more. */
export function gcK8s(
  ground: Playground,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ran> {
  return launch(GC_K8S, args, {env: {...ground.env, ...env}, deadlineMs: 170_000}).done;
}

/** The session's run as its pod tells it, once it is over. */
export function ended(ground: Playground, session: string): Promise<Run> {
  return until(`${session} ends`, async saw => {
    const run = saw(await runOf(ground, session));
    return run && isOver(run.state) && run;
  });
}

/**
 * The run of a pod that is taken away, from when its state satisfies. The pod may be gone the moment
 * after: only a watch is sure to see it.
 */
export async function lastSeen(
  ground: Playground,
  pod: string,
  isWanted: (run: Run) => boolean,
): Promise<Run> {
  const query = `watch=1&fieldSelector=metadata.name=${pod}&timeoutSeconds=90`;
  let run: Run | undefined;
  for await (const {object} of ground.api.watch(`/pods?${query}`)) {
    run = runOfPod(object as unknown as Pod, Date.now());
    if (isWanted(run)) return run;
  }
  throw new Error(
    `pod ${pod} was not seen as wanted within 90 s; last seen: ${JSON.stringify(run)}`,
  );
}

export async function runOf(ground: Playground, session: string): Promise<Run | undefined> {
  const pod = await ground.podOf(session);
  return pod && runOfPod(pod as unknown as Pod, Date.now());
}
