import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {onTestFinished} from 'vitest';
import type {DevClusterOptions} from '../../dev-cluster/options.ts';
import {stringAt} from '../../dev-cluster/json.ts';
import {timestamp, type ApiObject} from '../../dev-cluster/store/object.ts';
import type {DevCluster} from '../../dev-cluster/start-dev-cluster.ts';
import type {Cluster} from '../../src/kube/cluster.ts';
import {podName} from '../../src/pod/names.ts';
import {devCluster} from '../dev-cluster/kit.ts';
import {clusterAt, connectionOf} from '../kube/kit.ts';
import {PodSide} from './pod-side.ts';
import {begin, run, type Ended, type RunOptions} from './program.ts';
import {CACHES} from '../kit/caches.ts';

type More = Partial<RunOptions> & {settings?: Record<string, string>};

export interface City {
  readonly dev: DevCluster;
  readonly pod: PodSide;
  readonly home: string;
  readonly env: Record<string, string>;
  readonly run: (args: string, more?: More) => Promise<Ended>;
  readonly begin: (args: string, more?: More) => ReturnType<typeof begin>;
  /** Runs a session as a finished `start` leaves it. */
  readonly session: (name: string, annotations?: Record<string, string>) => Promise<ApiObject>;
  /** The pods there are, without those being deleted. */
  readonly pods: () => ApiObject[];
}

export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'gc-bundle-'));
  onTestFinished(() => rmSync(directory, {recursive: true, force: true}));
  return directory;
}

/** The environment in which gc calls, without a kubeconfig. */
export function bareEnvironment(home: string): Record<string, string> {
  return {PATH: process.env.PATH ?? '', HOME: home, ...CACHES};
}

/** A cluster, a kubeconfig for it, and gc's way to call. */
export async function city(options: DevClusterOptions = {}): Promise<City> {
  const pod = new PodSide();
  const dev = await devCluster({exec: pod.exec, ...options});
  const home = temporaryDirectory();
  const kubeconfig = join(home, 'kubeconfig');
  dev.writeKubeconfig(kubeconfig);
  const env = {
    ...bareEnvironment(home),
    KUBECONFIG: kubeconfig,
    GC_K8S_NAMESPACE: 'default',
    GC_K8S_IMAGE: 'agent:1',
  };
  const with_ = ({settings, ...more}: More): RunOptions => ({env: {...env, ...settings}, ...more});
  return {
    dev,
    pod,
    home,
    env,
    run: (args, more = {}) => run(args.split(' '), with_(more)),
    begin: (args, more = {}) => begin(args.split(' '), with_(more)),
    session: (name, annotations) => session(dev, name, annotations),
    pods: () =>
      dev.store
        .list('pods', 'default')
        .filter(({metadata}) => metadata.deletionTimestamp === undefined),
  };
}

export const STARTED = {'gc-k8s/start': 'x', 'gc-k8s/started-at': timestamp()};

async function session(
  dev: DevCluster,
  name: string,
  annotations: Record<string, string> = STARTED,
): Promise<ApiObject> {
  const cluster = clusterAt(connectionOf(dev));
  const pod = podName(name);
  const isOurs = annotations['gc-k8s/start'] !== undefined;
  const variable = {name: 'GC_SESSION_NAME', value: annotations['gc-session-name'] ?? name};
  await cluster.pods.create({
    metadata: {
      name: pod,
      labels: {app: 'gc-agent', 'gc-session': pod, 'gc-agent': 'x'},
      annotations: {'gc-session-name': name, ...annotations},
    },
    spec: {
      restartPolicy: 'Never',
      containers: [{name: 'agent', image: 'agent:1', env: isOurs ? [variable] : []}],
    },
  } as Parameters<Cluster['pods']['create']>[0]);
  const made = await podRunning(dev, pod);
  dev.clearRequests();
  return made;
}

/** The pod once the kubelet runs it. */
export async function podRunning(dev: DevCluster, name: string): Promise<ApiObject> {
  return podUntil(dev, name, pod => stringAt(pod, 'status', 'phase') === 'Running');
}

export async function podUntil(
  dev: DevCluster,
  name: string,
  isWanted: (pod: ApiObject) => boolean,
): Promise<ApiObject> {
  const now = dev.pod(name).pod;
  if (now && isWanted(now)) return now;
  return new Promise(resolve => {
    const leave = dev.store.subscribe(({object, deleted}) => {
      if (deleted || object.kind !== 'Pod' || object.metadata.name !== name) return;
      if (!isWanted(object)) return;
      leave();
      resolve(object);
    });
  });
}

/** The exchanges so far: `get pods`, `get pods/exec`, `create pods`. */
export const exchanges = ({dev}: City): string[] =>
  dev.requests.map(({verb, resource, subresource}) =>
    subresource === '' ? `${verb} ${resource}` : `${verb} ${resource}/${subresource}`,
  );

/** Nothing but reads, and execs, was asked of the cluster. */
export const writes = ({dev}: City): string[] =>
  dev.requests.filter(({method}) => method !== 'GET').map(({method, path}) => `${method} ${path}`);

/** Every operation on one session, with arguments and stdin that it takes. */
export const ON_A_SESSION: [string, string][] = [
  ['stop mayor', ''],
  ['interrupt mayor', ''],
  ['is-running mayor', ''],
  ['process-alive mayor', 'claude\n'],
  ['is-attached mayor', ''],
  ['nudge mayor', 'hello'],
  ['send-keys mayor Down Enter', ''],
  ['peek mayor 5', ''],
  ['clear-scrollback mayor', ''],
  ['get-last-activity mayor', ''],
  ['set-meta mayor color', 'red'],
  ['get-meta mayor color', ''],
  ['remove-meta mayor color', ''],
  ['copy-from mayor notes.txt', ''],
  ['exec mayor', 'ls'],
];
