import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {afterEach, beforeEach} from 'vitest';
import {resolveConnection, type ConnectionOptions} from '../../src/kube/kubeconfig.ts';

export const CA = '-----BEGIN CERTIFICATE-----\nca\n-----END CERTIFICATE-----\n';
export const CERTIFICATE = CA.replace('ca', 'certificate');
export const KEY = '-----BEGIN PRIVATE KEY-----\nkey\n-----END PRIVATE KEY-----\n';
export const never = new AbortController().signal;

export let home: string;

/** Gives each test of the file that calls it a home of its own. */
export function useHome(): void {
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'gc-kubeconfig-'));
  });

  afterEach(() => {
    rmSync(home, {recursive: true});
  });
}

export function put(path: string, content: string): string {
  const file = join(home, path);
  mkdirSync(dirname(file), {recursive: true});
  writeFileSync(file, content);
  return file;
}

export interface City {
  name?: string;
  cluster?: object;
  context?: object;
  user?: object;
}

/** A kubeconfig with one cluster, context and user of the same name. */
export function config({name = 'city', cluster = {}, context = {}, user = {}}: City = {}): string {
  return JSON.stringify({
    'current-context': name,
    clusters: [{name, cluster: {server: `https://${name}:6443`, ...cluster}}],
    contexts: [{name, context: {cluster: name, user: name, ...context}}],
    users: [{name, user}],
  });
}

export const connect = (env: NodeJS.ProcessEnv = {}, options: ConnectionOptions = {}) =>
  resolveConnection({HOME: home, ...env}, {serviceAccountDirectory: join(home, 'sa'), ...options});

export const connectTo = (city: City) => {
  put('.kube/config', config(city));
  return connect();
};

export const base64 = (text: string) => Buffer.from(text).toString('base64');
