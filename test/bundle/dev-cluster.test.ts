import {existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync} from 'node:fs';
import {createServer} from 'node:net';
import {join} from 'node:path';
import {expect, it, onTestFinished} from 'vitest';
import {ApiClient} from '../cluster-contract/api-client.ts';
import {whyNot} from '../dev-cluster/process/kit.ts';
import {describeUnless} from '../kit/unless.ts';
import {bareEnvironment, temporaryDirectory} from './city.ts';
import {begin, ONE_LINE, run, summary, type Ended} from './program.ts';

const executable = 'dist/gc-dev-cluster';

/** A home of its own, in which nothing but this test's clusters run. */
function home() {
  const directory = temporaryDirectory();
  const env = {...bareEnvironment(directory), XDG_RUNTIME_DIR: directory};
  const words = (args: string) => args.split(' ').map(word => word.replace('HOME', directory));
  const dev = (args: string): Promise<Ended> => run(words(args), {env, executable});
  onTestFinished(async () => {
    await dev('down');
    await dev('down --directory HOME/kept');
  });
  return {
    directory,
    env,
    dev,
    begin: (args: string) => begin(words(args), {env, executable}),
    path: (...parts: string[]) => join(directory, ...parts),
  };
}

interface ClusterLock {
  readonly pid: number;
  readonly url: string;
  readonly token: string;
  readonly authority: string;
}

const lockOf = (path: string): ClusterLock =>
  JSON.parse(readFileSync(join(path, 'cluster.json'), 'utf8')) as ClusterLock;

function clientOf(path: string): ApiClient {
  const {url, token, authority} = lockOf(path);
  const client = new ApiClient({
    server: new URL(url),
    headers: {authorization: `Bearer ${token}`},
    ca: authority,
    namespace: 'default',
    close: () => Promise.resolve(),
  });
  onTestFinished(() => client.close());
  return client;
}

describeUnless(whyNot, 'gc-dev-cluster', () => {
  it('runs in the background, says where, and is gone after down', async () => {
    const own = home();
    const {code, stdout} = await own.dev('up --detach --namespace city');
    expect(code).toBe(0);
    const text = stdout.toString();
    expect(text).toContain('for trying and testing, not for production');
    expect(text).toContain(`export KUBECONFIG=${own.path('gc-dev-cluster', 'kubeconfig')}\n`);
    expect(text).toContain('export GC_K8S_NAMESPACE=city\n');
    // Fit for eval: what is no export is a comment.
    for (const line of text.trimEnd().split('\n')) expect(line).toMatch(/^(#|export \w+=)/);
    expect(statSync(own.path('gc-dev-cluster', 'kubeconfig')).mode & 0o077).toBe(0);
    expect(summary(await own.dev('status'))).toMatch(/^0 up: https:\/\/127\.0\.0\.1:\d+ /);
    expect((await own.dev('kubeconfig')).stdout.toString()).toContain('"namespace": "city"');
    const client = clientOf(own.path('gc-dev-cluster'));
    expect((await client.call('GET', '/pods')).status).toBe(200);
    expect(summary(await own.dev('down'))).toBe('0 stopped\n');
    expect(summary(await own.dev('status'))).toBe('1 not running\n');
    expect(readdirSync(own.directory)).toEqual([]);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('in the foreground ends cleanly at %s', async signal => {
    const own = home();
    const running = own.begin('up');
    await running.says(/./);
    expect(summary(await own.dev('status'))).toMatch(/^0 up/);
    running.interrupt(signal);
    const {code, stderr} = await running.ended;
    expect([code, stderr]).toEqual([0, '']);
    expect(readdirSync(own.directory)).toEqual([]);
  });

  it('is there once: a second one in the same place says who has it', async () => {
    const own = home();
    await own.dev('up -d');
    for (const args of ['up', 'up -d']) {
      const {code, stderr} = await own.dev(args);
      expect([code, stderr]).toEqual([1, expect.stringMatching(ONE_LINE)]);
      expect(stderr).toContain('a cluster is up in');
    }
    expect(summary(await own.dev('status'))).toMatch(/^0 up/);
  });

  it('keeps what was answered over a kill -9, with the same kubeconfig', async () => {
    const own = home();
    const kept = own.path('kept');
    await own.dev('up -d --directory HOME/kept');
    const client = clientOf(kept);
    const object = {metadata: {name: 'a'}, data: {x: '1'}};
    expect((await client.call('POST', '/configmaps', object)).status).toBe(201);
    const written = await client.call('GET', '/configmaps/a');
    await client.call('POST', '/configmaps', {metadata: {name: 'b'}});
    expect((await client.call('DELETE', '/configmaps/b')).status).toBe(200);
    const kubeconfig = readFileSync(join(kept, 'kubeconfig'), 'utf8');
    process.kill(lockOf(kept).pid, 'SIGKILL');
    // The write it was at when it died.
    writeFileSync(join(kept, 'state', 'log.jsonl'), '{"revision":99', {flag: 'a'});
    expect((await own.dev('up -d --directory HOME/kept')).code).toBe(0);
    expect(readFileSync(join(kept, 'kubeconfig'), 'utf8')).toBe(kubeconfig);
    const again = clientOf(kept);
    expect((await again.call('GET', '/configmaps/a')).body).toEqual(written.body);
    expect((await again.call('GET', '/configmaps/b')).status).toBe(404);
    // A watch goes on from before the crash.
    const watch = again.watch(
      `/configmaps?watch=1&resourceVersion=${written.body.metadata?.resourceVersion ?? ''}`,
    );
    const seen: string[] = [];
    for await (const {type, object: changed} of watch) {
      seen.push(`${type} ${changed.metadata?.name ?? ''}`);
      if (seen.length === 2) break;
    }
    expect(seen).toEqual(['ADDED b', 'DELETED b']);
  });

  it('says which file it cannot read, and leaves it alone', async () => {
    const own = home();
    mkdirSync(own.path('kept', 'state'), {recursive: true});
    const path = own.path('kept', 'state', 'log.jsonl');
    writeFileSync(path, 'nonsense\n');
    const {code, stderr} = await own.dev('up --directory HOME/kept');
    expect([code, stderr]).toEqual([1, expect.stringMatching(ONE_LINE)]);
    expect(stderr).toContain(`${path}, line 1`);
    expect(readFileSync(path, 'utf8')).toBe('nonsense\n');
    expect(existsSync(own.path('kept', 'cluster.json'))).toBe(false);
  });

  it('takes another port when its own is taken', async () => {
    const own = home();
    await own.dev('up -d --directory HOME/kept');
    const {port} = new URL(lockOf(own.path('kept')).url);
    await own.dev('down --directory HOME/kept');
    const other = createServer().listen(Number(port), '127.0.0.1');
    onTestFinished(() => void other.close());
    await new Promise(resolve => other.once('listening', resolve));
    expect((await own.dev('up -d --directory HOME/kept')).code).toBe(0);
    expect(new URL(lockOf(own.path('kept')).url).port).not.toBe(port);
    expect((await clientOf(own.path('kept')).call('GET', '/pods')).status).toBe(200);
  });

  it('orders faults by name, shows them, and takes them away', async () => {
    const own = home();
    await own.dev('up -d');
    const client = clientOf(own.path('gc-dev-cluster'));
    const list = async (): Promise<number> => (await client.call('GET', '/pods')).status;
    const set = await run(['fault', '503', '--on', 'list pods', '--times', '2'], {
      env: own.env,
      executable,
    });
    expect(summary(set)).toMatch(/^0 fault 1 is set; /);
    expect([await list(), await list(), await list()]).toEqual([503, 503, 200]);
    expect(summary(await own.dev('fault list'))).toMatch(/^0 1 {2}.*503.*met 3\n$/);
    expect(summary(await own.dev('fault exec-cut --bytes 3'))).toMatch(/^0 fault 2 is set/);
    expect(summary(await own.dev('fault list'))).toContain('"resource":"pods/exec"');
    expect(summary(await own.dev('fault clear'))).toBe('0 no faults are set\n');
    for (const args of ['fault gremlins', 'fault slow --seconds soon', 'fault 503 --times 0']) {
      const {code, stderr} = await own.dev(args);
      expect([code, stderr], args).toEqual([1, expect.stringMatching(ONE_LINE)]);
    }
    expect(summary(await own.dev('fault list'))).toBe('0 no faults are set\n');
  });

  it.each([
    ['', 2],
    ['levitate', 2],
    ['up --sideways', 2],
    ['kubeconfig', 1],
  ])('refuses %j in one line', async (args, exit) => {
    const own = home();
    const {code, stdout, stderr} = await own.dev(args);
    expect([code, stdout.toString(), stderr]).toEqual([exit, '', expect.stringMatching(ONE_LINE)]);
    expect(readdirSync(own.directory)).toEqual([]);
  });

  it('helps, and tells its version', async () => {
    const own = home();
    const help = (await own.dev('--help')).stdout.toString();
    for (const word of ['up', 'down', 'status', 'kubeconfig', 'fault', 'examples:'])
      expect(help).toContain(word);
    expect(summary(await own.dev('--version'))).toMatch(/^0 gc-dev-cluster \d/);
  });
});
