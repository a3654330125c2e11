import type {ApiClient, Body, WatchLine} from './api-client.ts';

/** What the suite's containers are of; any image with a shell and coreutils will do. */
const image = process.env.GC_K8S_IMAGE ?? 'agent';

/** A pod whose only container runs this in a shell. */
export function shellPod(name: string, script: string, spec: object = {}): object {
  return {
    metadata: {name},
    spec: {
      restartPolicy: 'Never',
      automountServiceAccountToken: false,
      ...spec,
      containers: [
        {name: 'agent', image, imagePullPolicy: 'IfNotPresent', command: ['sh', '-c', script]},
      ],
    },
  };
}

/** The watch of one pod, from before its creation. */
export async function watchOf(
  api: ApiClient,
  name: string,
): Promise<AsyncGenerator<WatchLine, void>> {
  const query = `fieldSelector=metadata.name=${name}`;
  const {body} = await api.call('GET', `/pods?${query}`);
  const from = body.metadata?.resourceVersion ?? '';
  return api.watch(`/pods?watch=1&${query}&resourceVersion=${from}`);
}

/** Creates a pod and waits until its container has said this in its log. */
export async function sayingPod(api: ApiClient, name: string, pod: object): Promise<void> {
  const {status, text} = await api.call('POST', '/pods', pod);
  if (status !== 201) throw new Error(`create ${name}: ${status} ${text}`);
  const query = `watch=1&fieldSelector=metadata.name=${name}`;
  for await (const {object} of api.watch(`/pods?${query}`)) if (isRunning(object)) break;
  // The container runs before its script has got anywhere.
  for (;;) {
    const log = await api.call('GET', `/pods/${name}/log?follow=true&limitBytes=3`);
    if (log.text === 'up\n') return;
  }
}

export function isRunning({status}: Body): boolean {
  return (status as {phase?: string} | undefined)?.phase === 'Running';
}
