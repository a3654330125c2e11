import type {ApiClient} from '../../cluster-contract/api-client.ts';

interface Place {
  readonly api: ApiClient;
  readonly namespace: string;
}

/** From now on the namespace takes only pods that Pod Security "restricted" admits. */
export async function enforceRestricted({api, namespace}: Place): Promise<void> {
  const labels = {'pod-security.kubernetes.io/enforce': 'restricted'};
  const {status, text} = await api.callAt(
    `/api/v1/namespaces/${namespace}`,
    'PATCH',
    {metadata: {labels}},
    {'content-type': 'application/merge-patch+json'},
  );
  if (status !== 200) throw new Error(`the namespace was not labelled: ${status} ${text}`);
}
