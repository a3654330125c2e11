import {randomBytes} from 'node:crypto';
import {DeadlineError, isKubeFailure, SettingsError} from '../../src/errors.ts';
import {ApiClient, type ApiRequest} from '../../src/kube/api-client.ts';
import {HttpClient} from '../../src/kube/http-client.ts';
import {resolveConnection} from '../../src/kube/kubeconfig.ts';
import {absentAsUndefined} from '../../src/kube/resources.ts';
import {Deadline} from '../../src/time/deadline.ts';
import {sleep} from '../../src/time/sleep.ts';
import type {Place} from './place.ts';

/** The namespace controller deletes pods first, each with its grace period. */
const GONE_WITHIN_MS = 90_000;
const READY_WITHIN_MS = 30_000;
const ASK_EVERY_MS = 250;

/** A new namespace for the demo on the cluster of a kubeconfig context. */
export function contextPlace(context: string, env: NodeJS.ProcessEnv): Place {
  if ((env.GC_K8S_IMAGE ?? '') === '') {
    throw new SettingsError(
      '--context needs GC_K8S_IMAGE: set it to an image with tmux that the cluster can pull',
    );
  }
  const namespace = `gc-demo-${randomBytes(3).toString('hex')}`;
  let mayExist = false;
  const http = async () => new HttpClient(await resolveConnection(env, {context}), 'gc-k8s-demo');
  return {
    environment: {
      // Small requests, so that three stand-ins fit on any cluster.
      GC_K8S_CPU_REQUEST: '10m',
      GC_K8S_MEM_REQUEST: '32Mi',
      ...env,
      GC_K8S_CONTEXT: context,
      GC_K8S_NAMESPACE: namespace,
    },
    isOnThisMachine: false,
    endCommand: `kubectl --context ${context} delete namespace ${namespace}`,
    open: async signal => {
      const client = await http();
      // Not interruptible: an aborted create could take effect after the delete that follows.
      const untilMade = new ApiClient(client, new Deadline(READY_WITHIN_MS));
      const deadline = new Deadline(READY_WITHIN_MS, {parent: signal});
      try {
        signal.throwIfAborted();
        mayExist = true;
        await new Namespaces(untilMade).create(namespace).catch((error: unknown) => {
          mayExist = !isKubeFailure(error) || error.outcomeUnknown;
          throw error;
        });
        await new Namespaces(new ApiClient(client, deadline)).usable(namespace);
      } finally {
        deadline.clear();
        client.close();
      }
      return `namespace ${namespace} on context ${context}`;
    },
    close: async () => {
      if (!mayExist) return 'nothing was made';
      const client = await http();
      try {
        const deadline = new Deadline(GONE_WITHIN_MS);
        await new Namespaces(new ApiClient(client, deadline)).remove(namespace);
      } finally {
        client.close();
      }
      return `namespace ${namespace} is gone`;
    },
  };
}

class Namespaces {
  readonly #api: ApiClient;

  constructor(api: ApiClient) {
    this.#api = api;
  }

  async create(name: string): Promise<void> {
    const metadata = {name, labels: {'app.kubernetes.io/managed-by': 'gc-k8s-demo'}};
    const body = {apiVersion: 'v1', kind: 'Namespace', metadata};
    await this.#send('create', {method: 'POST', path: '', body}, name);
  }

  /** Waits for the namespace's service account: without it, pods are rejected. */
  async usable(name: string): Promise<void> {
    const path = `/${name}/serviceaccounts/default`;
    while (!(await absentAsUndefined(this.#send('get', {method: 'GET', path}, name)))) {
      await sleep(ASK_EVERY_MS, this.#api.deadline.signal);
    }
  }

  /** Deletes it and waits until it is gone. */
  async remove(name: string): Promise<void> {
    const path = `/${name}`;
    try {
      await absentAsUndefined(
        this.#send('delete', {method: 'DELETE', path, idempotent: true}, name),
      );
      while (await absentAsUndefined(this.#send('get', {method: 'GET', path}, name))) {
        await sleep(ASK_EVERY_MS, this.#api.deadline.signal);
      }
    } catch (error) {
      if (!(error instanceof DeadlineError) && !isKubeFailure(error)) throw error;
      throw new DeadlineError(
        `namespace ${name} may still be there: ${error.message}; look with: kubectl get namespace ${name}`,
        {cause: error},
      );
    }
  }

  #send(verb: string, request: Omit<ApiRequest, 'intent'>, name: string): Promise<unknown> {
    const intent = {verb, resource: 'namespaces', namespace: name, name};
    return this.#api.json({...request, intent, path: `/api/v1/namespaces${request.path}`});
  }
}
