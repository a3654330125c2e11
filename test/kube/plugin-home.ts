import {existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach} from 'vitest';
import {resolveConnection} from '../../src/kube/kubeconfig.ts';

export const V1 = 'client.authentication.k8s.io/v1';
export const never = new AbortController().signal;

export let home: string;
export let warnings: string[];

/** Gives each test of the file that calls it a home of its own. */
export function useHome(): void {
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'gc-plugin-'));
    warnings = [];
  });

  afterEach(() => {
    rmSync(home, {recursive: true});
  });
}

export const credential = (status: object, apiVersion = V1) =>
  JSON.stringify({apiVersion, kind: 'ExecCredential', status});

export const inSeconds = (seconds: number) => new Date(Date.now() + seconds * 1000).toISOString();

/** A plugin in the directory of the kubeconfig that counts its runs and prints `output`. */
export function plugin(output: string, more = ''): void {
  const file = join(home, 'plugin');
  rmSync(file, {force: true});
  writeFileSync(join(home, 'output'), output);
  writeFileSync(file, `#!/bin/sh\ncd "$(dirname "$0")"\necho run >> runs\n${more}\ncat output\n`, {
    mode: 0o755,
  });
}

export const runs = () =>
  existsSync(join(home, 'runs'))
    ? readFileSync(join(home, 'runs'), 'utf8').split('\n').length - 1
    : 0;

export const cacheDirectory = () => join(home, 'state', 'gc-k8s', 'credentials');
export const cacheFile = () => join(cacheDirectory(), readdirSync(cacheDirectory())[0] ?? 'none');

/** What another call of our executable would have: nothing in memory. */
export async function source(exec: object = {}, env: NodeJS.ProcessEnv = {}, cluster: object = {}) {
  const file = join(home, 'config');
  const kubeconfig = {
    'current-context': 'city',
    clusters: [{name: 'city', cluster: {server: 'https://city:6443', ...cluster}}],
    contexts: [{name: 'city', context: {cluster: 'city', user: 'ada'}}],
    users: [{name: 'ada', user: {exec: {apiVersion: V1, command: './plugin', ...exec}}}],
  };
  writeFileSync(file, JSON.stringify(kubeconfig));
  const all = {PATH: process.env.PATH, HOME: home, GC_EXEC_STATE_DIR: join(home, 'state'), ...env};
  const options = {onWarning: (message: string) => warnings.push(message)};
  return (await resolveConnection({...all, KUBECONFIG: file}, options)).credentials;
}

export const current = async (...given: Parameters<typeof source>) =>
  (await source(...given)).current(never);
