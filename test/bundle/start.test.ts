import {mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {describe, expect, it} from 'vitest';
import {whileRuns} from '../kit/while-runs.ts';
import {city, exchanges, podUntil, STARTED, temporaryDirectory, writes} from './city.ts';
import {ONE_LINE, summary} from './program.ts';

const OLD = '2020-01-01T00:00:00Z';

describe('start', () => {
  it('creates one pod, launches and marks it', async () => {
    const own = await city();
    expect(summary(await own.run('start mayor', {stdin: '{}'}))).toBe('0 ');
    const [pod, ...others] = own.pods();
    expect(others).toEqual([]);
    expect(pod?.metadata.annotations).toMatchObject({'gc-session-name': 'mayor'});
    expect(Object.keys(pod?.metadata.annotations ?? {})).toContain('gc-k8s/started-at');
    // The GET, for a pod under the session's other name, is sent beside the watch.
    expect(exchanges(own).filter(each => !/exec|watch/.test(each))).toEqual([
      'create pods',
      'get pods',
      'patch pods',
    ]);
    expect(summary(await own.run('is-running mayor'))).toBe('0 true\n');
    expect(summary(await own.run('list-running'))).toBe('0 mayor\n');
  });

  it('of a session that runs says "already exists", and touches nothing', async () => {
    const own = await city();
    await own.session('mayor');
    const {code, stderr} = await own.run('start mayor');
    expect([code, stderr]).toEqual([
      1,
      'start mayor: session "mayor" already exists: it runs in pod mayor\n',
    ]);
    expect(writes(own)).toEqual(['POST /api/v1/namespaces/default/pods']);
  });

  it('twice at once: one wins, the other is told something else than "already exists"', async () => {
    const own = await city();
    let ready: () => void = () => undefined;
    const isRefused = new Promise<void>(resolve => (ready = resolve));
    own.pod.launched = async call => {
      await isRefused;
      await call.stdout('ready\n');
      return undefined;
    };
    const both = [own.begin('start mayor'), own.begin('start mayor')].map(({ended}) => ended);
    const first = await Promise.race(both);
    expect([first.code, first.stderr]).toEqual([1, expect.stringMatching(/is being started/)]);
    ready();
    const codes = (await Promise.all(both)).map(({code}) => code);
    expect(codes.sort()).toEqual([0, 1]);
    expect(own.pods()).toHaveLength(1);
    const late = await own.run('start mayor');
    expect(late.stderr).toContain('already exists');
    expect(own.pods()).toHaveLength(1);
  });

  it('has succeeded when a quick agent ends before its launch has said so', async () => {
    const own = await city();
    own.pod.kept = async () => {
      own.dev.pod('mayor').end({exitCode: 3});
      // Time in which the watch tells of it.
      await sleep(500);
    };
    expect(summary(await own.run('start mayor'))).toBe('0 ');
    expect(own.pods()).toHaveLength(1);
  });

  it('waits for a pod that is being deleted to be gone, and replaces it', async () => {
    const own = await city({terminationMilliseconds: 300});
    const old = await own.session('mayor');
    expect(summary(await own.run('stop mayor'))).toBe('0 ');
    expect(summary(await own.run('start mayor'))).toBe('0 ');
    const [pod] = own.pods();
    expect(pod?.metadata.uid).not.toBe(old.metadata.uid);
  });

  it.each<[string, Record<string, string>, boolean]>([
    ['that has ended', STARTED, true],
    ['that nobody finished', {'gc-k8s/start': 'x'}, false],
    ['whose tmux is dead', {'gc-k8s/start': 'x', 'gc-k8s/provisioned-at': OLD}, false],
  ])('replaces a pod %s', async (_, annotations, hasEnded) => {
    const own = await city();
    const old = await own.session('mayor', annotations);
    const metadata = {...old.metadata, creationTimestamp: OLD};
    own.dev.store.put('pods', {...old, metadata});
    if (hasEnded) own.dev.pod('mayor').end({exitCode: 0});
    own.pod.tmuxIsGone = true;
    expect(summary(await own.run('start mayor'))).toBe('0 ');
    const [pod] = own.pods();
    expect(pod?.metadata.uid).not.toBe(old.metadata.uid);
  });

  it('whose create was answered by nobody finds its own pod, and makes one', async () => {
    for (const action of [
      {type: 'cut', when: 'after'},
      {type: 'status', code: 504, when: 'after'},
    ] as const) {
      const own = await city();
      own.dev.faults.add({match: {method: 'POST'}, action});
      expect(summary(await own.run('start mayor'))).toBe('0 ');
      expect(own.pods()).toHaveLength(1);
      expect(exchanges(own).filter(each => each === 'create pods').length).toBeLessThanOrEqual(2);
    }
  });

  it.each(['silent', 'debug'])('quotes no "already exists" on stderr (log: %s)', async level => {
    const own = await city();
    own.pod.launched = async call => {
      await call.stderr("warning: pre_start git clone x exited 128: fatal: 'x' already exists\n");
      await call.stdout('exit code 1\nfatal: path already exists\n');
      return 92;
    };
    const settings = {GC_K8S_LOG_LEVEL: level};
    const {code, stderr} = await own.run('start mayor', {stdin: '{}', settings});
    expect(code).toBe(1);
    expect(stderr).not.toMatch(/already\s+exists/i);
    expect(stderr).toContain('the agent ended while it was started (exit code 1)');
    expect(own.pods()).toEqual([]);
  });

  it('keeps secrets out of the pod, the URLs and stderr', async () => {
    const own = await city();
    const secrets = [
      'hunter2-token',
      'hunter2-key',
      'hunter2-secret',
      'hunter2-password',
      'hunter2-a',
    ];
    const [token, key, secret, password, anthropic] = secrets;
    const env = {
      MY_TOKEN: token,
      API_KEY: key,
      A_SECRET_B: secret,
      DB_PASSWORD: password,
      ANTHROPIC_BASE_URL: anthropic,
      PLAIN: 'plainly',
    };
    const stdin = JSON.stringify({env});
    const seen: string[] = [];
    own.dev.store.subscribe(({object}) => seen.push(JSON.stringify(object)));
    const ok = await own.run('start mayor', {stdin});
    own.pod.launched = () => Promise.resolve(91);
    const failed = await own.run('start other', {stdin});
    expect([ok.code, failed.code]).toEqual([0, 1]);
    const urls = own.dev.requests.map(({path, query}) => `${path}?${query.toString()}`);
    const open = [...seen, ...urls, ok.stderr, failed.stderr].join('\n');
    expect(open).toContain('plainly');
    expect(open).not.toContain('hunter2');
    const files = own.pod.ran.find(({script}) => script === 'launch')?.stdin.toString() ?? '';
    for (const each of secrets) expect(files).toContain(each);
  });

  it('copies the files and their names as they are', async () => {
    const own = await city();
    const directory = temporaryDirectory();
    mkdirSync(join(directory, 'sub'));
    writeFileSync(join(directory, 'sub', '$(touch x); é'), 'content of it');
    const command = `echo "it's"; 'x' $(id)\n${'y'.repeat(200_000)}`;
    const stdin = JSON.stringify({work_dir: directory, command});
    expect(summary(await own.run('start mayor', {stdin}))).toBe('0 ');
    const files = own.pod.ran[0]?.stdin ?? Buffer.alloc(0);
    expect(files.includes('sub/$(touch x); é')).toBe(true);
    expect(files.includes('content of it')).toBe(true);
    expect(files.includes(command)).toBe(true);
  });
});

describe('a start that cannot succeed', () => {
  it.each<[string, RegExp]>([
    [
      'ImagePullBackOff',
      /the container is waiting: ImagePullBackOff: no such image; .*; mend GC_K8S_IMAGE or [^;]+\n$/,
    ],
    ['InvalidImageName', /InvalidImageName: no such image/],
    ['CreateContainerConfigError', /CreateContainerConfigError: no such image/],
  ])('tells why and deletes its pod: %s', async (reason, words) => {
    const own = await city({
      onPod: (_, control) => {
        control.wait(reason, 'no such image');
        control.event({type: 'Warning', reason: 'Failed', message: 'the registry said no'});
        return true;
      },
    });
    const {code, stderr} = await own.run('start mayor');
    expect([code, stderr]).toEqual([1, expect.stringMatching(ONE_LINE)]);
    expect(stderr).toMatch(words);
    expect(stderr).toContain('the registry said no');
    expect(own.pods()).toEqual([]);
  });

  it('tells that its pod ended, or was deleted', async () => {
    const own = await city({
      onPod: (_, control) => {
        control.end({exitCode: 137, reason: 'OOMKilled'});
        return true;
      },
    });
    expect((await own.run('start mayor')).stderr).toMatch(
      /the pod ended: OOMKilled, exit code 137/,
    );
    const other = await city({onPod: () => true});
    const starting = other.begin('start mayor').ended;
    await whileRuns(
      starting,
      podUntil(other.dev, 'mayor', () => true),
    );
    other.dev.pod('mayor').remove();
    expect((await starting).stderr).toMatch(/the pod was deleted while it was started/);
  });

  it.each([
    'exceeded quota: q, requested: pods=1, used: pods=0, limited: pods=0',
    'violates PodSecurity "restricted:latest": runAsNonRoot != true (GC_K8S_POD_SECURITY)',
  ])('tells what an admission says: %s', async why => {
    const own = await city();
    const message = `pods "mayor" is forbidden: ${why}`;
    own.dev.faults.add({
      match: {method: 'POST'},
      action: {
        type: 'status',
        code: 403,
        reason: 'Forbidden',
        message: message.replace(' (GC_K8S_POD_SECURITY)', ''),
      },
    });
    const {code, stderr} = await own.run('start mayor');
    expect([code, stderr]).toEqual([1, expect.stringContaining(message)]);
    expect(stderr).not.toContain('rbac');
  });

  it('without a shell, tar or tmux in the image says so', async () => {
    const own = await city();
    own.pod.launched = async call => {
      await call.stderr('the image has no tmux; install it in the image that GC_K8S_IMAGE names\n');
      return 91;
    };
    const {stderr} = await own.run('start mayor');
    expect(stderr).toBe(
      'start mayor: the image has no tmux; install it in the image that GC_K8S_IMAGE names\n',
    );
    expect(own.pods()).toEqual([]);
  });
});
