import {mkdtempSync, rmSync, symlinkSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join, resolve} from 'node:path';
import type {Body, Target} from '../../cluster-contract/api-client.ts';
import type {ApiClient} from '../../cluster-contract/api-client.ts';
import {succeeded} from '../kit/playground.ts';
import {launch, type Ran, type Running} from '../kit/process.ts';
import {ApiOfTries} from '../kit/tries.ts';
import {openRealCluster} from '../real-cluster.ts';
import {CACHES} from '../../kit/caches.ts';

const EXECUTABLE = resolve(import.meta.dirname, '../../../dist/gc-events-k8s');

/** gc's budget for an operation of the events protocol. */
const BUDGET_MS = 30_000;

/** A namespace with a log of its own, and gc's way to call the provider there. */
export interface Ground {
  readonly target: Target;
  readonly api: ApiClient;
  readonly namespace: string;
  /** A directory here, gone afterwards. */
  readonly directory: string;
  readonly env: Readonly<Record<string, string>>;
  readonly gc: (args: readonly string[], stdin?: string) => Promise<Ran>;
  readonly launch: (args: readonly string[], stdin?: string) => Running;
  /** Raises unless it succeeds. */
  readonly record: (event: object) => Promise<Ran>;
  /** The lines of what `list` gives. */
  readonly list: (filter?: object) => Promise<string[]>;
  readonly latestSeq: () => Promise<number>;
  readonly close: () => Promise<void>;
}

export async function openGround(purpose: string): Promise<Ground> {
  const target = await openRealCluster(`gc-events-${purpose}`);
  const api = new ApiOfTries(target);
  const directory = mkdtempSync(join(tmpdir(), `gc-events-${purpose}-`));
  symlinkSync(process.execPath, join(directory, 'node'));
  const env = {
    // Node and nothing else: no kubectl, no jq.
    PATH: directory,
    HOME: directory,
    ...CACHES,
    KUBECONFIG: process.env.KUBECONFIG ?? '',
    GC_K8S_NAMESPACE: target.namespace,
  };
  const run = (args: readonly string[], stdin = '') =>
    launch(EXECUTABLE, args, {env, stdin, deadlineMs: BUDGET_MS});
  const gc = (args: readonly string[], stdin = '') => run(args, stdin).done;
  return {
    ...{target, api, namespace: target.namespace, directory, env, gc, launch: run},
    record: async event => succeeded(await gc(['record'], JSON.stringify(event))),
    list: async (filter = {}) => linesOf(succeeded(await gc(['list'], JSON.stringify(filter)))),
    latestSeq: async () => Number(succeeded(await gc(['latest-seq'])).stdout),
    close: async () => {
      rmSync(directory, {recursive: true, force: true});
      api.close();
      await target.close();
    },
  };
}

/**
 * Opens one namespace after another, and closes them all: numbers of a log go on, so that a second
 * try of a test that knows its numbers needs another log.
 */
export function openLogs(purpose: string): {
  open: () => Promise<Ground>;
  close: () => Promise<void>;
} {
  const opened: Ground[] = [];
  return {
    open: async () => {
      const ground = await openGround(purpose);
      opened.push(ground);
      return ground;
    },
    close: async () => {
      await Promise.all(opened.map(ground => ground.close()));
    },
  };
}

/** The executable's path, for tests that start it in their own way. */
export {EXECUTABLE};

/** The texts of the events in what `list` printed, exactly as they stand there. */
export function linesOf({stdout}: Ran): string[] {
  const inner = stdout.trim().slice(1, -1);
  const events: string[] = [];
  let depth = 0;
  let start = 0;
  let isText = false;
  for (let at = 0; at < inner.length; at += 1) {
    const char = inner[at];
    if (isText) {
      if (char === '\\') at += 1;
      else if (char === '"') isText = false;
    } else if (char === '"') isText = true;
    else if (char === '{' && depth++ === 0) start = at;
    else if (char === '}' && --depth === 0) events.push(inner.slice(start, at + 1));
  }
  return events;
}

/** The numbers in events' texts. */
export function numbersOf(lines: readonly string[]): number[] {
  return lines.map(line => (JSON.parse(line) as {seq: number}).seq);
}

/** 1, 2, … up to the number. */
export function upTo(last: number, first = 1): number[] {
  return Array.from({length: last - first + 1}, (_, index) => first + index);
}

/** A ConfigMap as the API server has it; undefined when there is none. */
export async function configMap({api}: Ground, name: string): Promise<Body | undefined> {
  const {status, body} = await api.call('GET', `/configmaps/${name}`);
  return status === 200 ? body : undefined;
}
