import {randomUUID} from 'node:crypto';
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join, resolve} from 'node:path';
import {onTestFinished} from 'vitest';
import {launch} from '../cluster/kit/process.ts';
import {devCluster} from '../dev-cluster/kit.ts';

export const EXECUTABLE = resolve(import.meta.dirname, '../../dist/gc-events-k8s');

export type Answer = readonly [code: number | null, stdout: string, stderr: string];

/** A cluster with an empty log, and gc's way to call. */
export async function city() {
  const namespace = `log-${randomUUID().slice(0, 8)}`;
  const dev = await devCluster({namespace});
  const home = mkdtempSync(join(tmpdir(), 'gc-bundle-events-'));
  onTestFinished(() => rmSync(home, {recursive: true, force: true}));
  const kubeconfig = join(home, 'kubeconfig');
  dev.writeKubeconfig(kubeconfig);
  const path = process.env.PATH ?? '';
  const env = {PATH: path, HOME: home, KUBECONFIG: kubeconfig, GC_K8S_NAMESPACE: namespace};
  const begin = (args: string, stdin = '') =>
    launch(EXECUTABLE, args.split(' '), {env, stdin, deadlineMs: 30_000});
  return {
    dev,
    env,
    begin,
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
