import {mkdtempSync, rmSync, symlinkSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join, resolve} from 'node:path';
import type {V1Pod} from '@kubernetes/client-node';
import type {Target} from '../../cluster-contract/api-client.ts';
import type {ApiClient} from '../../cluster-contract/api-client.ts';
import {openRealCluster} from '../real-cluster.ts';
import {execInPod, type PodExecResult} from './pod-exec.ts';
import {until} from './poll.ts';
import {launch, type Ran, type Running} from './process.ts';
import {ApiOfTries, sessionOfTry} from './tries.ts';
import {CACHES} from '../../kit/caches.ts';

const EXECUTABLE = resolve(import.meta.dirname, '../../../dist/gc-session-k8s');

/** gc's budgets, in milliseconds. */
const START_BUDGET_MS = 120_000;
const BUDGET_MS = 30_000;

export interface GcOptions {
  readonly stdin?: string | Buffer;
  /** Over the playground's; undefined takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly deadlineMs?: number;
}

/**
 * A namespace of the test file's own, and gc's way to call the provider there. What a try of a test
 * made in it is gone before the next try (tries.ts).
 */
export interface Playground {
  readonly target: Target;
  readonly api: ApiClient;
  readonly namespace: string;
  /** A directory here, gone afterwards. */
  readonly directory: string;
  readonly env: Readonly<Record<string, string>>;
  readonly executable: string;
  /** Calls an operation and waits for its end. */
  readonly gc: (args: readonly string[], options?: GcOptions) => Promise<Ran>;
  /** Calls an operation. */
  readonly launch: (args: readonly string[], options?: GcOptions) => Running;
  /** Calls `start` with this JSON; raises unless it succeeds. */
  readonly start: (session: string, request?: object, options?: GcOptions) => Promise<Ran>;
  /** The terminal's whole text, once it satisfies. */
  readonly screen: (session: string, wanted: (text: string) => boolean) => Promise<string>;
  readonly pods: (query?: string) => Promise<V1Pod[]>;
  /** The only pod of a session, by its annotation. */
  readonly podOf: (session: string) => Promise<V1Pod | undefined>;
  /** Waits until a session has no pod any more. */
  readonly gone: (session: string) => Promise<void>;
  /** A shell in a session's pod, without our help. */
  readonly shell: (session: string, script: string) => Promise<PodExecResult>;
  readonly close: () => Promise<void>;
}

export async function openPlayground(purpose: string): Promise<Playground> {
  const target = await openRealCluster(`gc-${purpose}`);
  const api = new ApiOfTries(target);
  const directory = mkdtempSync(join(tmpdir(), `gc-${purpose}-`));
  const env = environment(target.namespace, directory);
  const run = (args: readonly string[], options: GcOptions = {}) => {
    const [operation, session] = args;
    const call = launch(EXECUTABLE, args, {
      env: merged(env, options.env),
      stdin: options.stdin ?? '',
      deadlineMs: options.deadlineMs ?? budgetMs(operation),
    });
    if (isStart(operation) && session !== undefined) sessionOfTry(api, session, call);
    return call;
  };
  const gc = (args: readonly string[], options?: GcOptions) => run(args, options).done;
  const pods = async (query = '') => {
    const {text} = await api.call('GET', `/pods${query}`);
    return (JSON.parse(text) as {items: V1Pod[]}).items;
  };
  const podOf = async (session: string) =>
    (await pods()).find(pod => pod.metadata?.annotations?.['gc-session-name'] === session);
  return {
    ...{target, api, namespace: target.namespace, directory, env, executable: EXECUTABLE},
    ...{gc, launch: run, pods, podOf},
    start: async (session, request = {}, options = {}) =>
      succeeded(await gc(['start', session], {...options, stdin: JSON.stringify(request)})),
    screen: (session, wanted) =>
      until(`${session}'s screen`, async saw => {
        const {stdout} = succeeded(await gc(['peek', session, '0']));
        return wanted(saw(stdout)) ? stdout : undefined;
      }),
    gone: async session => {
      await until(`no pod of ${session} is left`, async saw => {
        const pod = await podOf(session);
        saw({deletion: pod?.metadata?.deletionTimestamp, status: pod?.status});
        return pod === undefined;
      });
    },
    shell: async (session, script) => {
      const pod = await podOf(session);
      return execInPod(target, pod?.metadata?.name ?? session, ['sh', '-c', script]);
    },
    close: async () => {
      rmSync(directory, {recursive: true, force: true});
      api.close();
      await target.close();
    },
  };
}

/** The same result, or an error with what it said when it did not exit 0. */
export function succeeded(ran: Ran): Ran {
  if (ran.code !== 0) throw new Error(`exit code ${ran.code ?? 'none'}: ${ran.stderr}`);
  return ran;
}

/** On PATH there is Node and nothing else: no kubectl, no jq, no tar. */
function environment(namespace: string, directory: string): Record<string, string> {
  const {KUBECONFIG = '', GC_K8S_IMAGE} = process.env;
  if (GC_K8S_IMAGE === undefined || GC_K8S_IMAGE === '')
    throw new Error('GC_K8S_IMAGE must name an image with tmux');
  symlinkSync(process.execPath, join(directory, 'node'));
  return {
    PATH: directory,
    HOME: directory,
    ...CACHES,
    KUBECONFIG,
    GC_K8S_IMAGE,
    GC_K8S_NAMESPACE: namespace,
    GC_K8S_CPU_REQUEST: process.env.GC_K8S_CPU_REQUEST ?? '10m',
    GC_K8S_MEM_REQUEST: process.env.GC_K8S_MEM_REQUEST ?? '32Mi',
  };
}

function merged(
  env: Readonly<Record<string, string>>,
  more: GcOptions['env'] = {},
): Record<string, string> {
  const result: Record<string, string> = {};
  for (const [name, value] of Object.entries({...env, ...more})) {
    if (value !== undefined) result[name] = value;
  }
  return result;
}

function isStart(operation: string | undefined): boolean {
  return operation === 'start' || operation === 'provision';
}

function budgetMs(operation: string | undefined): number {
  return isStart(operation) ? START_BUDGET_MS : BUDGET_MS;
}
