import {randomUUID} from 'node:crypto';
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join, resolve} from 'node:path';
import {onTestFinished} from 'vitest';
import {clockOf} from '../../src/events/clock.ts';
import {EventLog} from '../../src/events/event-log.ts';
import {connect} from '../../src/kube/connect.ts';
import {Deadline} from '../../src/time/deadline.ts';
import type {DevCluster} from '../../dev-cluster/start-dev-cluster.ts';
import {launch} from '../cluster/kit/process.ts';
import {devCluster} from '../dev-cluster/kit.ts';
import {connectionOf} from '../kube/kit.ts';
import {CACHES} from '../kit/caches.ts';

export const EXECUTABLE = resolve(import.meta.dirname, '../../dist/gc-events-k8s');

const PRUNE = resolve(import.meta.dirname, '../../dist/gc-events-prune');

export type Answer = readonly [code: number | null, stdout: string, stderr: string];

/** The same log without a process: for what stands in it before a call, and afterwards. */
function logIn(dev: DevCluster, namespace: string) {
  const opened = async <T>(work: (log: EventLog) => Promise<T>): Promise<T> => {
    const deadline = new Deadline(60_000);
    const cluster = connect(connectionOf(dev), namespace, {deadline, userAgent: 'test'});
    try {
      return await work(new EventLog({configMaps: cluster.configMaps, clock: clockOf(deadline)}));
    } finally {
      deadline.clear();
      cluster.close();
    }
  };
  return {
    record: (...events: string[]): Promise<void> =>
      opened(async log => {
        for (const event of events) await log.record(event);
      }),
    /** Every event as `list` prints it. */
    events: (): Promise<string[]> =>
      opened(async log => {
        const events: string[] = [];
        for await (const event of log.list('')) events.push(event);
        return events;
      }),
    latest: (): Promise<number> => opened(log => log.latestSeq()),
  };
}

export type LogCity = Awaited<ReturnType<typeof city>>;

/** A cluster with an empty log, and gc's way to call. */
export async function city() {
  const namespace = `log-${randomUUID().slice(0, 8)}`;
  const dev = await devCluster({namespace});
  const home = mkdtempSync(join(tmpdir(), 'gc-bundle-events-'));
  onTestFinished(() => rmSync(home, {recursive: true, force: true}));
  const kubeconfig = join(home, 'kubeconfig');
  dev.writeKubeconfig(kubeconfig);
  const path = process.env.PATH ?? '';
  const env = {
    PATH: path,
    HOME: home,
    ...CACHES,
    KUBECONFIG: kubeconfig,
    GC_K8S_NAMESPACE: namespace,
  };
  const begin = (args: string, stdin = '') =>
    launch(EXECUTABLE, args.split(' '), {env, stdin, deadlineMs: 30_000});
  return {
    dev,
    env,
    begin,
    log: logIn(dev, namespace),
    gc: async (args: string, stdin?: string): Promise<Answer> => {
      const {code, stdout, stderr} = await begin(args, stdin).done;
      return [code, stdout, stderr];
    },
    watchFirst: async (args: string): Promise<string> => {
      const watching = begin(args);
      watching.onOutput(() => watching.signal('SIGTERM'));
      return (await watching.done).stdout;
    },
  };
}

/** Prunes as the CronJob does, with these settings. */
export async function pruned({env}: LogCity, settings: Record<string, string>): Promise<Answer> {
  const call = launch(PRUNE, [], {env: {...env, ...settings}, deadlineMs: 30_000});
  const {code, stdout, stderr} = await call.done;
  return [code, stdout, stderr];
}
