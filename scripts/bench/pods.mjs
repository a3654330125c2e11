import {until} from './api.mjs';

/** A scheduler that does not exist: its pods never reach a node, and no kubelet owns their status. */
const NO_SCHEDULER = 'gc-bench-no-scheduler';

/** A namespace of the bench's own and the pods in it. */
export class PodRoom {
  namespace;
  #api;

  constructor(api, namespace) {
    this.#api = api;
    this.namespace = namespace;
  }

  async open() {
    await this.#api.call('POST', '/namespaces', {metadata: {name: this.namespace}});
    const account = `/namespaces/${this.namespace}/serviceaccounts/default`;
    await until('the service account', () => this.#api.call('GET', account));
  }

  async close() {
    await this.#api.call('DELETE', `/namespaces/${this.namespace}`);
  }

  get(name) {
    return this.#api.call('GET', this.#path(name));
  }

  /** Creates a pod like this one, which a `start` created, as it was before its files were staged. */
  async create(like, name, changes = {}) {
    return this.#api.call('POST', this.#path(), {...bare(like, name), ...changes});
  }

  async createReady(like, names) {
    for (const name of names) await this.create(like, name);
    for (const name of names) await until(`pod ${name}`, async () => isReady(await this.get(name)));
  }

  /** Resolves when the pods and their containers are gone. */
  async removeWhole(names) {
    await Promise.all(names.map(name => this.#api.call('DELETE', this.#path(name))));
    for (const name of names) await until(`end of ${name}`, async () => !(await this.get(name)));
  }

  /**
   * A pod that costs the node nothing and a reader exactly what `like` costs: same spec, labels and
   * annotations, and the status that the kubelet wrote for `like`.
   */
  async createLikeness(like, name) {
    const pod = bare(like, name);
    pod.spec.schedulerName = NO_SCHEDULER;
    await this.#api.call('POST', this.#path(), pod);
    const type = 'application/merge-patch+json';
    await this.#api.call('PATCH', `${this.#path(name)}/status`, {status: like.status}, type);
  }

  #path(name) {
    return `/namespaces/${this.namespace}/pods${name === undefined ? '' : `/${name}`}`;
  }
}

/**
 * Copies a pod's manifest for a session with another name. Nothing is staged in it, so it is Ready as soon
 * as it runs.
 */
export function bare(like, name) {
  const {labels, annotations} = like.metadata;
  const spec = structuredClone(like.spec);
  delete spec.nodeName;
  for (const container of spec.containers) delete container.startupProbe;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      labels: {...labels, 'gc-session': name},
      annotations: {...annotations, 'gc-session-name': name},
    },
    spec,
  };
}

export function isReady(pod) {
  return pod?.status?.conditions?.some(({type, status}) => type === 'Ready' && status === 'True');
}
