import {startDevCluster} from '../../dev-cluster/start-dev-cluster.ts';
import {describeContract} from './contract.ts';

describeContract('dev-cluster', async () => {
  const cluster = await startDevCluster({
    // No node of the contract's pods exists on any cluster.
    onPod: (_pod, control) => {
      control.unschedulable();
      return true;
    },
  });
  return {
    server: new URL(cluster.url),
    headers: {authorization: `Bearer ${cluster.token}`},
    ...(cluster.authority === undefined ? {} : {ca: cluster.authority}),
    namespace: 'contract',
    close: () => cluster.stop(),
  };
});
