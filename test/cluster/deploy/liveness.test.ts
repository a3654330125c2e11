import {execFileSync, spawn, type ChildProcess} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {createServer, type AddressInfo} from 'node:net';
import {join} from 'node:path';
import type {V1Container, V1StatefulSet} from '@kubernetes/client-node';
import {load} from 'js-yaml';
import {afterEach, beforeEach, expect, it} from 'vitest';
import {describeUnless} from '../../kit/unless.ts';
import {until} from '../kit/poll.ts';
import {MANIFESTS, run} from './kit.ts';

const {DOLT = ''} = process.env;
const whyNot = DOLT === '' ? 'DOLT names no executable' : undefined;

const statefulSet = load(
  readFileSync(join(MANIFESTS, 'dolt-statefulset.yaml'), 'utf8'),
) as V1StatefulSet;
const [container = {name: ''}] = statefulSet.spec?.template.spec?.containers ?? [];

/** Of the manifest's server, here with room for two connections. */
const CONNECTIONS = 2;

describeUnless(whyNot, 'Dolt’s liveness probe', () => {
  let directory = '';
  let port = 0;
  let server: ChildProcess;
  const env = () => ({
    ...process.env,
    ...{HOME: directory, DOLT_ROOT_PATH: directory, DOLT_DISABLE_EVENT_FLUSH: '1'},
  });

  beforeEach(async () => {
    directory = execFileSync('mktemp', ['-d']).toString().trim();
    port = await freePort();
    const args = argumentsOf(container, {port, directory});
    server = spawn(DOLT, args, {env: env(), stdio: 'ignore'});
    await until('Dolt answers', async () => (await query('SELECT 1')).code === 0);
  });
  afterEach(() => {
    server.kill('SIGCONT');
    server.kill('SIGKILL');
    execFileSync('rm', ['-rf', directory]);
  });

  const query = (sql: string, ...more: string[]) =>
    run(DOLT, [`--host=127.0.0.1`, `--port=${port}`, '--no-tls', ...more, 'sql', '-q', sql], {
      env: {DOLT_CLI_USER: 'root', DOLT_CLI_PASSWORD: '', ...env()},
    });
  /** How the probe ends, as the kubelet would have it: what takes longer than it may has failed. */
  const probe = async () => {
    const {exec, timeoutSeconds = 1} = container.livenessProbe ?? {};
    const [file = '', ...args] = (exec?.command ?? []).map(word =>
      word.replaceAll('3307', String(port)),
    );
    return (await run('timeout', [String(timeoutSeconds), file, ...args], {env: {}})).code;
  };

  it('calls a server alive that answers, and a port without one dead', async () => {
    expect(await probe()).toBe(0);
    server.kill('SIGKILL');
    await until('it is gone', () => Promise.resolve(server.signalCode !== null));
    expect(await probe()).not.toBe(0);
  });

  it('lets a server live whose root got another password', async () => {
    expect((await query("ALTER USER 'root'@'localhost' IDENTIFIED BY 'new'")).code).toBe(0);
    expect((await query('SELECT 1')).stderr).toContain('Access denied');
    expect(await probe()).toBe(0);
  });

  it('lets a server live that takes no more connections', async () => {
    const holders = Array.from({length: CONNECTIONS}, () =>
      spawn('bash', ['-c', `exec 3<>/dev/tcp/127.0.0.1/${port}; head -c 1 <&3; exec sleep 100`]),
    );
    await Promise.all(
      holders.map(({stdout}) => new Promise(resolve => stdout.once('data', resolve))),
    );
    expect(await probe()).toBe(0);
    for (const holder of holders) holder.kill('SIGKILL');
  });

  it('notices a server that is stopped', async () => {
    server.kill('SIGSTOP');
    expect(await probe()).not.toBe(0);
  });
});

/** The manifest's arguments, for a server of this machine. */
function argumentsOf(
  {command = []}: V1Container,
  {port, directory}: {port: number; directory: string},
): string[] {
  const here: Record<string, string> = {
    '--host': '127.0.0.1',
    '--port': String(port),
    '--data-dir': directory,
    '--max-connections': String(CONNECTIONS),
  };
  const args = command.slice(1).map(word => {
    const [flag = ''] = word.split('=');
    return flag in here ? `${flag}=${here[flag]}` : word;
  });
  return [...args, `--socket=${join(directory, 'mysql.sock')}`];
}

async function freePort(): Promise<number> {
  const listener = createServer();
  await new Promise<void>(resolve => listener.listen(0, '127.0.0.1', resolve));
  const {port} = listener.address() as AddressInfo;
  await new Promise(resolve => listener.close(resolve));
  return port;
}
