import {user} from '../../dev-cluster/api/access.ts';
import {startDevCluster} from '../../dev-cluster/start-dev-cluster.ts';
import {whyNot} from '../dev-cluster/process/kit.ts';
import {describeContract} from './contract.ts';

describeContract(
  'dev-cluster',
  async () => {
    const cluster = await startDevCluster({
      kubelet: whyNot === undefined ? 'process' : 'scripted',
      // Where pods cannot run none comes to a node, as the others' node does not exist.
      onPod: (_pod, control) => {
        if (whyNot !== undefined) control.unschedulable();
        return whyNot !== undefined;
      },
    });
    const target = {
      server: new URL(cluster.url),
      headers: {authorization: `Bearer ${cluster.token}`},
      ...(cluster.authority === undefined ? {} : {ca: cluster.authority}),
      namespace: 'contract',
      close: () => cluster.stop(),
    };
    return {
      ...target,
      stranger: async () => {
        // Its one user is everybody, and nothing is forbidden but what a test forbids.
        const other = await startDevCluster();
        other.access.deny({resource: 'secrets'});
        other.access.deny({resource: 'pods', subresource: 'exec'});
        const strangers = {...target, server: new URL(other.url)};
        return {
          target: {
            ...strangers,
            headers: {authorization: `Bearer ${other.token}`},
            ...(other.authority === undefined ? {} : {ca: other.authority}),
          },
          user,
          close: () => other.stop(),
        };
      },
    };
  },
  whyNot,
);
