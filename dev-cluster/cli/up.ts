import {spawn} from 'node:child_process';
import {closeSync, fstatSync, ftruncateSync, openSync, readSync, rmSync} from 'node:fs';
import {stringAt} from '../json.ts';
import {startDevCluster} from '../start-dev-cluster.ts';
import {writeAddress, acquireLock, lockHolder} from './lock-file.ts';
import {exportLines} from './exports.ts';
import type {ClusterLocation} from './cluster-location.ts';
import {prepare} from './cluster-location.ts';

export interface UpOptions {
  readonly namespace: string;
  /** Leave the cluster running in the background. */
  readonly detach: boolean;
}

const purpose = 'for trying and testing, not for production';

/** Runs a cluster until SIGINT or SIGTERM, or leaves one running. Raises when the location is taken. */
export async function up(location: ClusterLocation, options: UpOptions): Promise<void> {
  prepare(location);
  if (options.detach) {
    const url = await startInBackground(location, options);
    report(location, options, `${url} runs in the background, ${purpose}`, 'gc-dev-cluster down');
    return;
  }
  if (!acquireLock(location)) {
    const {pid = 0} = lockHolder(location) ?? {};
    throw new Error(
      `a cluster is up in ${location.directory} already (process ${pid}); use it (KUBECONFIG=${location.kubeconfig}), end it with \`down\`, or name another --directory`,
    );
  }
  const stopAsked = stopSignal();
  try {
    const {namespace} = options;
    const cluster = await startDevCluster({
      namespace,
      kubelet: 'process',
      ...(location.isKept ? {directory: location.directory} : {}),
    });
    try {
      cluster.writeKubeconfig(location.kubeconfig);
      writeAddress(location, cluster);
      if (process.send === undefined)
        report(location, options, `${cluster.url} is up, ${purpose}`, 'Ctrl-C');
      else process.send({url: cluster.url}, () => process.disconnect());
      await stopAsked;
    } finally {
      await cluster.stop();
    }
  } finally {
    leave(location);
  }
}

function report(
  location: ClusterLocation,
  {namespace}: UpOptions,
  state: string,
  stop: string,
): void {
  const lines = [
    `# gc-dev-cluster: ${state}.`,
    `# kubeconfig: ${location.kubeconfig}`,
    `# ${location.isKept ? `state: ${location.directory}` : 'state: in memory'}; ${stop} stops it.`,
  ];
  process.stdout.write(`${lines.join('\n')}\n${exportLines(location, namespace)}`);
}

function leave(location: ClusterLocation): void {
  rmSync(location.lockFile, {force: true});
  if (!location.isKept) rmSync(location.directory, {recursive: true, force: true});
}

/** Resolves at the first SIGINT, SIGTERM or SIGHUP. */
function stopSignal(): Promise<void> {
  return new Promise(resolve => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => resolve());
    }
  });
}

/** Starts this program again, detached from the terminal; returns the url once it is ready. */
async function startInBackground(
  location: ClusterLocation,
  {namespace}: UpOptions,
): Promise<string> {
  const [, program = ''] = process.argv;
  const log = openSync(location.log, 'a+', 0o600);
  const more = location.isKept ? ['--directory', location.directory] : [];
  const child = spawn(process.execPath, [program, 'up', '--namespace', namespace, ...more], {
    detached: true,
    stdio: ['ignore', log, log, 'ipc'],
  });
  const url = await new Promise<string | undefined>((resolve, reject) => {
    child.once('message', message => resolve(stringAt(message, 'url') ?? ''));
    child.once('exit', () => resolve(undefined));
    child.once('error', reject);
  });
  const why = url === undefined ? lastLine(log) : undefined;
  closeSync(log);
  if (url === undefined) throw new Error(why);
  child.disconnect();
  child.unref();
  return url;
}

/** The last output of the background process; read by descriptor, because it may have deleted the file. */
function lastLine(log: number): string {
  const text = Buffer.alloc(fstatSync(log).size);
  readSync(log, text, 0, text.length, 0);
  ftruncateSync(log);
  const lines = text.toString().trimEnd().split('\n');
  return (lines.at(-1) ?? '').replace(/^gc-dev-cluster up: /, '');
}
