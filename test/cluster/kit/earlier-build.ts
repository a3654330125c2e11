import {readdirSync, readFileSync} from 'node:fs';
import {dirname, resolve} from 'node:path';
import type {V1Pod} from '@kubernetes/client-node';
import type {ApiClient} from '../../cluster-contract/api-client.ts';
import type {Playground} from './playground.ts';
import {execInPod} from './pod-exec.ts';
import {until} from './poll.ts';

const DIRECTORY = resolve(import.meta.dirname, '../../golden/earlier-builds');

/** A pod as JSON. */
export interface EarlierPod {
  readonly metadata: {
    readonly name: string;
    readonly annotations: Readonly<Record<string, string>>;
  };
  readonly spec: {readonly containers: readonly object[]};
}

/** What a build made on a real cluster, as it stood there; the session's name is `earlier`. */
export interface EarlierBuild {
  readonly pod: EarlierPod;
  /** What it put under /run/gc before it started the agent, by path; a path ending in / is a directory. */
  readonly files: Readonly<Record<string, string>>;
  /** An event log of three events. */
  readonly configMaps: readonly object[];
}

/** The version and commit of each kept build. */
export function earlierBuilds(): string[] {
  return readdirSync(DIRECTORY).map(file => file.replace(/\.json$/, ''));
}

export function earlierBuild(name: string): EarlierBuild {
  return JSON.parse(readFileSync(resolve(DIRECTORY, `${name}.json`), 'utf8')) as EarlierBuild;
}

/** Starts the build's session by plain requests and by its own files, with nothing of today's. */
export async function startEarlier(
  {api, target, env}: Playground,
  {pod, files}: EarlierBuild,
  more: Readonly<Record<string, string>> = {},
): Promise<void> {
  const {name} = pod.metadata;
  const local = {image: env.GC_K8S_IMAGE, imagePullPolicy: 'IfNotPresent'};
  const containers = pod.spec.containers.map(container => ({...container, ...local}));
  const created = await api.call('POST', '/pods', {...pod, spec: {...pod.spec, containers}});
  if (created.status !== 201) throw new Error(`create ${name}: ${created.text}`);
  await until('the container runs', async () => {
    const {text} = await api.call('GET', `/pods/${name}`);
    const {status} = JSON.parse(text) as V1Pod;
    return status?.containerStatuses?.some(({state}) => state?.running !== undefined);
  });
  const sh = async (...command: string[]): Promise<void> => {
    const {code, stderr} = await execInPod(target, name, ['sh', '-c', ...command]);
    if (code !== 0) throw new Error(`in ${name}: ${stderr}`);
  };
  for (const [file, content] of Object.entries({...files, ...more})) {
    await sh('mkdir -p "$1"', 'sh', `/run/gc/${file.endsWith('/') ? file : dirname(file)}`);
    if (!file.endsWith('/')) await sh('printf %s "$2" >"$1"', 'sh', `/run/gc/${file}`, content);
  }
  await sh('printf "keep\\n" | sh /run/gc/launch.sh');
}

/** Puts the build's event log into the namespace. */
export async function restoreLog(
  {api}: {readonly api: ApiClient},
  {configMaps}: EarlierBuild,
): Promise<void> {
  for (const configMap of configMaps) {
    const {status, text} = await api.call('POST', '/configmaps', configMap);
    if (status !== 201) throw new Error(`create a ConfigMap: ${text}`);
  }
}
