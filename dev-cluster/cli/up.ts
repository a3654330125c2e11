import {spawn} from 'node:child_process';
import {closeSync, fstatSync, ftruncateSync, openSync, readSync, rmSync} from 'node:fs';
import {stringAt} from '../json.ts';
import {startDevCluster} from '../start-dev-cluster.ts';
import {announce, claim, holderOf} from './claim.ts';
import {exportLines} from './exports.ts';
import type {Place} from './place.ts';
import {prepare} from './place.ts';

export interface UpOptions {
  readonly namespace: string;
  /** Runs on after this command has returned. */
  readonly detach: boolean;
}

const purpose = 'for trying and testing, not for production';

/** Runs a cluster until SIGINT or SIGTERM, or leaves one running. Raises when the place is taken. */
export async function up(place: Place, options: UpOptions): Promise<void> {
  prepare(place);
  if (options.detach) {
    const url = await startInBackground(place, options);
    report(place, options, `${url} runs in the background, ${purpose}`, 'gc-dev-cluster down');
    return;
  }
  if (!claim(place)) {
    const {pid = 0} = holderOf(place) ?? {};
    throw new Error(
      `a cluster is up in ${place.directory} already (process ${pid}); use it (KUBECONFIG=${place.kubeconfig}), end it with \`down\`, or name another --directory`,
    );
  }
  const stopAsked = stopSignal();
  try {
    const {namespace} = options;
    const cluster = await startDevCluster({
      namespace,
      kubelet: 'process',
      ...(place.isKept ? {directory: place.directory} : {}),
    });
    try {
      cluster.writeKubeconfig(place.kubeconfig);
      announce(place, cluster);
      if (process.send === undefined)
        report(place, options, `${cluster.url} is up, ${purpose}`, 'Ctrl-C');
      else process.send({url: cluster.url}, () => process.disconnect());
      await stopAsked;
    } finally {
      await cluster.stop();
    }
  } finally {
    leave(place);
  }
}

function report(place: Place, {namespace}: UpOptions, state: string, stop: string): void {
  const lines = [
    `# gc-dev-cluster: ${state}.`,
    `# kubeconfig: ${place.kubeconfig}`,
    `# ${place.isKept ? `state: ${place.directory}` : 'state: in memory'}; ${stop} stops it.`,
  ];
  process.stdout.write(`${lines.join('\n')}\n${exportLines(place, namespace)}`);
}

function leave(place: Place): void {
  rmSync(place.claim, {force: true});
  if (!place.isKept) rmSync(place.directory, {recursive: true, force: true});
}

/** Resolves at the first SIGINT, SIGTERM or SIGHUP. */
function stopSignal(): Promise<void> {
  return new Promise(resolve => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => resolve());
    }
  });
}

/** Starts this program again, away from the terminal; gives back the url once it is ready. */
async function startInBackground(place: Place, {namespace}: UpOptions): Promise<string> {
  const [, program = ''] = process.argv;
  const log = openSync(place.log, 'a+', 0o600);
  const more = place.isKept ? ['--directory', place.directory] : [];
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

/** What the background said before it gave up, and before it may have taken the file away. */
function lastLine(log: number): string {
  const text = Buffer.alloc(fstatSync(log).size);
  readSync(log, text, 0, text.length, 0);
  ftruncateSync(log);
  const lines = text.toString().trimEnd().split('\n');
  return (lines.at(-1) ?? '').replace(/^gc-dev-cluster up: /, '');
}
