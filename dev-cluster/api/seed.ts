import {randomUUID} from 'node:crypto';
import {arch, cpus, release, totalmem} from 'node:os';
import {nodeName} from '../kubelet/pod-status.ts';
import type {ApiObject} from '../store/object.ts';
import {timestamp} from '../store/object.ts';
import type {Store} from '../store/store.ts';

/** Creates the initial objects: two namespaces and the node. */
export function seed(store: Store): void {
  for (const name of ['default', 'kube-system']) {
    if (store.get('namespaces', undefined, name) === undefined) putNamespace(store, name);
  }
  store.put('nodes', node(store.get('nodes', undefined, nodeName)));
}

/** Creates a namespace as Kubernetes does for its own. */
export function putNamespace(store: Store, name: string): void {
  store.put('namespaces', {
    kind: 'Namespace',
    apiVersion: 'v1',
    metadata: {
      name,
      uid: randomUUID(),
      creationTimestamp: timestamp(store.now()),
      labels: {'kubernetes.io/metadata.name': name},
    },
    spec: {finalizers: ['kubernetes']},
    status: {phase: 'Active'},
  });
}

function node(before: ApiObject | undefined): ApiObject {
  const now = timestamp();
  const architecture = arch() === 'x64' ? 'amd64' : arch();
  const size = {
    cpu: cpus().length.toString(),
    memory: `${Math.floor(totalmem() / 1024)}Ki`,
    pods: '1000',
  };
  const labels = {
    'kubernetes.io/hostname': nodeName,
    'kubernetes.io/os': 'linux',
    'kubernetes.io/arch': architecture,
  };
  const metadata = before?.metadata ?? {
    name: nodeName,
    uid: randomUUID(),
    creationTimestamp: now,
    labels,
  };
  const ready = {
    ...{type: 'Ready', status: 'True', reason: 'KubeletReady'},
    ...{message: 'kubelet is posting ready status', lastHeartbeatTime: now},
    lastTransitionTime: now,
  };
  return {
    kind: 'Node',
    apiVersion: 'v1',
    metadata,
    spec: {},
    status: {
      capacity: size,
      allocatable: size,
      conditions: [ready],
      addresses: [
        {type: 'InternalIP', address: '127.0.0.1'},
        {type: 'Hostname', address: nodeName},
      ],
      nodeInfo: {
        architecture,
        operatingSystem: 'linux',
        osImage: 'this machine',
        kernelVersion: release(),
        kubeletVersion: 'v1.34.0-gc-dev-cluster',
        containerRuntimeVersion: 'processes://1',
        ...{bootID: '', machineID: '', systemUUID: '', kubeProxyVersion: ''},
      },
    },
  };
}
