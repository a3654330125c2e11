import {ApiClient} from '../cluster-contract/api-client.ts';
import {describeContract} from '../cluster-contract/contract.ts';
import {openRealCluster} from './real-cluster.ts';

describeContract('the cluster of KUBECONFIG', async () => {
  const target = await openRealCluster();
  return {
    ...target,
    stranger: async () => {
      const name = 'stranger';
      const admin = new ApiClient(target);
      await admin.call('POST', '/serviceaccounts', {metadata: {name}});
      const request = {apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {}};
      const {body} = await admin.call('POST', `/serviceaccounts/${name}/token`, request);
      admin.close();
      const {token = ''} = body.status as {token?: string};
      const {server, ca, namespace} = target;
      return {
        target: {
          ...{server, namespace, headers: {authorization: `Bearer ${token}`}},
          ...(ca === undefined ? {} : {ca}),
          close: () => Promise.resolve(),
        },
        user: `system:serviceaccount:${namespace}:${name}`,
        close: () => Promise.resolve(),
      };
    },
  };
});
