import type {V1Lease, V1Node} from '@kubernetes/client-node';
import {ApiClient} from '../../cluster-contract/api-client.ts';
import {openAdmin} from '../real-cluster.ts';
import {until} from './poll.ts';

/** Kills a component of the cluster for a while: `COMMAND apiserver 5`. Empty: none may be killed. */
export const {GC_TEST_CRASH = ''} = process.env;

/** What disturbs every pod of a cluster is done only where the cluster is the tests' own. */
export const whyNoCrash =
  GC_TEST_CRASH === ''
    ? 'it disturbs everybody on the cluster; set GC_TEST_CRASH to a command that kills a component'
    : undefined;

/** For `afterAll` of what has killed something, which waits for the nodes. */
export const SETTLES_WITHIN_MS = 300_000;

/**
 * Waits until every node has reported since the call, and is ready. A kubelet that has lost its API server
 * can take more than a minute for its next heartbeat; meanwhile its node is taken for lost, and so are the
 * pods that the next test starts there.
 */
export async function nodesReport(): Promise<void> {
  if (whyNoCrash !== undefined) return;
  const api = new ApiClient(openAdmin());
  const items = async <Item>(path: string): Promise<Item[]> =>
    (JSON.parse((await api.callAt(path, 'GET')).text) as {items: Item[]}).items;
  const sinceMs = Date.now();
  await until(
    'every node reports',
    async saw => {
      const leases = await items<V1Lease>(
        '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases',
      );
      const nodes = await items<V1Node>('/api/v1/nodes');
      const renewed = saw(leases.map(({spec}) => String(spec?.renewTime)));
      const ready = saw(
        nodes.map(({status}) => status?.conditions?.find(({type}) => type === 'Ready')?.status),
      );
      return (
        renewed.every(time => Date.parse(time) >= sinceMs) && ready.every(each => each === 'True')
      );
    },
    {timeoutMs: SETTLES_WITHIN_MS - 60_000, everyMs: 1000},
  );
  api.close();
}
