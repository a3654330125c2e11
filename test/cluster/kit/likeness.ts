import type {V1Pod} from '@kubernetes/client-node';
import type {Playground} from './playground.ts';

/** Nobody schedules for it: its pods never reach a node, and no kubelet owns their status. */
const NO_SCHEDULER = 'gc-test-no-scheduler';

/**
 * A pod that costs the node nothing and reads like `like`'s session, under another name: same spec,
 * labels and annotations, and the status that the kubelet wrote for `like`.
 */
export async function createLikeness(
  {api}: Playground,
  like: V1Pod,
  session: string,
): Promise<void> {
  const spec = structuredClone(like.spec ?? {containers: []});
  delete spec.nodeName;
  spec.schedulerName = NO_SCHEDULER;
  const {labels, annotations} = like.metadata ?? {};
  const made = await api.call('POST', '/pods', {
    metadata: {
      name: session,
      labels: {...labels, 'gc-session': session},
      annotations: {...annotations, 'gc-session-name': session},
    },
    spec,
  });
  if (made.status !== 201) throw new Error(`create ${session}: ${made.status} ${made.text}`);
  const {status, text} = await api.patch(`/pods/${session}/status`, 'merge', {status: like.status});
  if (status !== 200) throw new Error(`status of ${session}: ${status} ${text}`);
}
