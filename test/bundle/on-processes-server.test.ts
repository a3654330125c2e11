import {chmodSync, chownSync, mkdirSync, readFileSync, readdirSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it, onTestFinished} from 'vitest';
import {processesWith, testOnProcesses, whyNot} from '../dev-cluster/process/kit.ts';
import {bareEnvironment, temporaryDirectory} from './city.ts';
import {begin, ONE_LINE, run, summary} from './program.ts';

const executable = 'dist/gc-dev-cluster';
/** Root becomes somebody else; whoever is not root has no rights anyway. */
const isRoot = process.getuid?.() === 0;
const uid = isRoot ? 54321 : (process.getuid?.() ?? 0);
const asNobody = isRoot
  ? ['setpriv', `--reuid=${uid}`, `--regid=${uid}`, '--clear-groups', '--']
  : [];

/** A cluster in a process of its own, whose files are all below one directory. */
function machine(before: readonly string[] = []) {
  const directory = temporaryDirectory();
  const temporary = join(directory, 'tmp');
  mkdirSync(temporary);
  if (isRoot && before === asNobody) {
    chmodSync(directory, 0o755);
    for (const path of [directory, temporary]) chownSync(path, uid, uid);
  }
  const kept = join(directory, 'kept');
  const env = {
    ...bareEnvironment(directory),
    TMPDIR: temporary,
    KUBECONFIG: join(kept, 'kubeconfig'),
    GC_K8S_NAMESPACE: 'default',
    GC_K8S_IMAGE: 'agent',
  };
  const words = [...before, process.execPath, executable];
  const program = before[0] ?? process.execPath;
  return {
    temporary,
    serverPid: () =>
      Number(/"pid":(\d+)/.exec(readFileSync(join(kept, 'cluster.json'), 'utf8'))?.[1]),
    /** Resolves once it is up. */
    up: async () => {
      const started = begin([...words.slice(1), 'up', '--directory', kept], {
        env,
        executable: program,
        deadlineMs: 300_000,
      });
      onTestFinished(async () => {
        started.interrupt('SIGINT');
        await started.ended;
      });
      await started.says(/./);
      return started;
    },
    session: (args: string, stdin = '', more = {}) =>
      run(args.split(' '), {env: {...env, ...more}, stdin, deadlineMs: 120_000}),
  };
}

describe('a cluster whose containers are processes', () => {
  testOnProcesses('leaves nothing after a kill -9 and the next start', async () => {
    const own = machine();
    const mark = `killed-${process.pid}`;
    const first = await own.up();
    expect(summary(await own.session('start mayor', request(mark)))).toBe('0 ');
    const before = readdirSync(join(own.temporary, ...containers()));
    expect([before.length, processesWith(mark).length > 3]).toEqual([1, true]);
    process.kill(own.serverPid(), 'SIGKILL');
    await first.ended;
    await own.up();
    expect(processesWith(mark)).toEqual([]);
    expect(readFileSync('/proc/mounts', 'utf8')).not.toContain(own.temporary);
    const after = readdirSync(join(own.temporary, ...containers()));
    expect(after).toHaveLength(1);
    expect(after).not.toEqual(before);
    expect(summary(await own.session('is-running mayor'))).toBe('0 false\n');
    expect(summary(await own.session('start mayor', request(mark)))).toBe('0 ');
  });

  testOnProcesses('leaves nothing after SIGINT', async () => {
    const own = machine();
    const mark = `interrupted-${process.pid}`;
    const server = await own.up();
    expect(summary(await own.session('start mayor', request(mark)))).toBe('0 ');
    server.interrupt('SIGINT');
    expect((await server.ended).code).toBe(0);
    expect(processesWith(mark)).toEqual([]);
    expect(filesBelow(own.temporary)).toEqual([]);
  });

  testOnProcesses('runs as a user without any rights', async () => {
    const own = machine(asNobody);
    await own.up();
    expect(summary(await own.session('start mayor', request('unprivileged')))).toBe('0 ');
    const {stdout} = await own.session(
      'exec mayor',
      'id -u; stat -c %u /proc/1; ls /proc | grep -c "^[0-9]"',
    );
    const [inside, owner, processes] = stdout.toString().split('\n').map(Number);
    expect([inside, owner]).toEqual([0, 0]);
    expect(processes).toBeLessThan(20);
    const host = processesWith('unprivileged');
    for (const pid of host)
      expect(readFileSync(`/proc/${pid}/status`, 'utf8')).toContain(`\nUid:\t${uid}\t`);
    expect(host).not.toEqual([]);
    expect(summary(await own.session('stop mayor'))).toBe('0 ');
    const strict = {GC_K8S_POD_SECURITY: 'restricted', GC_K8S_RUN_AS_USER: '1000'};
    expect(summary(await own.session('start worker', '{}', strict))).toBe('0 ');
    expect(summary(await own.session('exec worker', 'id -u; pwd; touch x && ls'))).toBe(
      '0 1000\n/workspace\nx\n',
    );
  });

  it.runIf(whyNot === undefined)('without namespaces explains what to do', async () => {
    const forbid = 'echo 0 >/proc/sys/user/max_user_namespaces; exec "$@"';
    const words = ['--user', '--map-root-user', 'sh', '-c', forbid, 'sh'];
    const own = machine([
      'unshare',
      ...words,
      'setpriv',
      '--bounding-set=-all',
      '--inh-caps=-all',
      '--',
    ]);
    const {message} = (await own.up().catch((error: unknown) => error)) as Error;
    expect(message).toMatch(ONE_LINE);
    expect(message).toContain('sudo sysctl -w user.max_user_namespaces=');
    expect(message).toMatch(/kind, k3d, minikube/);
    expect(filesBelow(own.temporary)).toEqual([]);
  });
});

const containers = (): string[] => [`gc-dev-cluster-containers-${process.getuid?.() ?? ''}`];

const request = (mark: string): string => JSON.stringify({command: 'cat', env: {MARK: mark}});

const filesBelow = (path: string): string[] =>
  readdirSync(path, {recursive: true, withFileTypes: true})
    .filter(each => !each.isDirectory())
    .map(({name}) => name);
