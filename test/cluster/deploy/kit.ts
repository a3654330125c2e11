import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join, resolve} from 'node:path';
import {describeUnless} from '../../kit/unless.ts';
import {succeeded} from '../kit/playground.ts';
import {launch, type Ran} from '../kit/process.ts';

export const ROOT = resolve(import.meta.dirname, '../../..');
export const MANIFESTS = join(ROOT, 'contrib/k8s');
export const GC_K8S = join(ROOT, 'dist/gc-k8s');
export const CHART = join(ROOT, 'contrib/helm/gc-k8s');

/** Longer than anything here may take; it ends what hangs. */
const PATIENCE_MS = 180_000;

/** Runs a program with our environment and waits for its end. */
export function run(
  file: string,
  args: readonly string[],
  {stdin = '', env = {}}: {stdin?: string; env?: Record<string, string>} = {},
): Promise<Ran> {
  const inherited = process.env as Record<string, string>;
  return launch(file, args, {env: {...inherited, ...env}, stdin, deadlineMs: PATIENCE_MS}).done;
}

/** What kubectl (KUBECTL, else the one on PATH) prints; raises unless it exits 0. */
export async function kubectl(args: readonly string[], stdin = ''): Promise<string> {
  return succeeded(await run(process.env.KUBECTL ?? 'kubectl', args, {stdin})).stdout;
}

/** The same, however it ends. */
export function tryKubectl(args: readonly string[], stdin = ''): Promise<Ran> {
  return run(process.env.KUBECTL ?? 'kubectl', args, {stdin});
}

/** As `describe`, with the path of Helm; without HELM one test that says why it is skipped. */
export function describeWithHelm(title: string, tests: (helm: string) => void): void {
  const {HELM = ''} = process.env;
  const whyNot = HELM === '' ? 'HELM names no executable' : undefined;
  describeUnless(whyNot, title, () => tests(HELM));
}

/** A directory that is gone when the work is done. */
export async function withDirectory<T>(work: (directory: string) => Promise<T>): Promise<T> {
  const directory = mkdtempSync(join(tmpdir(), 'gc-deploy-'));
  try {
    return await work(directory);
  } finally {
    rmSync(directory, {recursive: true, force: true});
  }
}
