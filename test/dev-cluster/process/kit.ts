import {mkdtempSync, readFileSync, readdirSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {onTestFinished} from 'vitest';
import {stringAt} from '../../../dev-cluster/json.ts';
import type {DevClusterOptions} from '../../../dev-cluster/options.ts';
import {SandboxUnavailable, openSandbox} from '../../../dev-cluster/sandbox/open-sandbox.ts';
import type {ApiObject} from '../../../dev-cluster/store/object.ts';
import type {DevCluster} from '../../../dev-cluster/start-dev-cluster.ts';
import {startDevCluster} from '../../../dev-cluster/start-dev-cluster.ts';
import {itUnless} from '../../kit/unless.ts';
import {ExecClient, clientOf, execQuery} from '../kit.ts';

/** Why containers cannot run here; undefined when they can. */
export const whyNot = reason();

function reason(): string | undefined {
  try {
    openSandbox();
    return undefined;
  } catch (error) {
    if (!(error instanceof SandboxUnavailable)) throw error;
    return `no containers on this machine: ${error.message}`;
  }
}

/** A test that needs containers; skipped, loudly, where there can be none. */
export function testOnProcesses(name: string, body: () => Promise<void>): void {
  itUnless(whyNot, name, body);
}

export interface OnProcesses {
  readonly dev: DevCluster;
  /** Empty again once the cluster has stopped. */
  readonly state: string;
  readonly home: string;
}

/** A cluster whose containers run, stopped and looked after at the test's end. */
export async function onProcesses(options: DevClusterOptions = {}): Promise<OnProcesses> {
  const home = mkdtempSync(join(tmpdir(), 'gc-on-processes-'));
  const state = join(home, 'state');
  const dev = await startDevCluster({kubelet: 'process', stateDirectory: state, ...options});
  onTestFinished(async () => {
    await dev.stop();
    rmSync(home, {recursive: true, force: true});
  });
  return {dev, state, home};
}

/** The processes of this machine, of whatever namespace, whose words or variables hold this text. */
export function processesWith(text: string): string[] {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name) && name !== process.pid.toString())
    .filter(pid =>
      ['cmdline', 'environ'].some(file => contentOf(`/proc/${pid}/${file}`).includes(text)),
    );
}

/** Empty for a process that has ended or is another user's. */
function contentOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error) return '';
    throw error;
  }
}

/** Waits until a pod's last state is this; undefined once it is gone. */
export async function podWhen(
  {dev}: OnProcesses,
  name: string,
  isWanted: (pod: ApiObject | undefined) => boolean,
): Promise<ApiObject | undefined> {
  const now = (): ApiObject | undefined =>
    dev.store.list('pods', undefined).find(({metadata}) => metadata.name === name);
  if (isWanted(now())) return now();
  return new Promise(resolve => {
    const leave = dev.store.subscribe(() => {
      if (!isWanted(now())) return;
      leave();
      resolve(now());
    });
  });
}

/** Creates a pod that is not run again; each container is called `agent` unless it says otherwise. */
export async function createPod(
  {dev}: OnProcesses,
  name: string,
  spec: Readonly<Record<string, unknown>> & {readonly containers: readonly object[]},
  metadata: object = {},
): Promise<void> {
  const containers = spec.containers.map(each => ({name: 'agent', image: 'agent', ...each}));
  const body = {metadata: {name, ...metadata}, spec: {restartPolicy: 'Never', ...spec, containers}};
  const {status, body: answer} = await clientOf(dev).call('POST', '/pods', body);
  if (status !== 201) throw new Error(answer.message);
}

/** Waits until a pod has this phase. */
export async function podIn(own: OnProcesses, name: string, phase: string): Promise<ApiObject> {
  const pod = await podWhen(own, name, each => stringAt(each, 'status', 'phase') === phase);
  return pod ?? fail(`${name} is gone`);
}

function fail(message: string): never {
  throw new Error(message);
}

/** What a shell says in a pod's container, without the last newline. */
export async function inPod({dev}: OnProcesses, pod: string, script: string): Promise<string> {
  const {output} = await new ExecClient(dev, execQuery(pod, ['sh', '-c', script])).ended();
  return output.replace(/\n$/, '');
}
