import {existsSync, mkdtempSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {openPlayground, type GcOptions, type Playground} from '../kit/playground.ts';
import {until} from '../kit/poll.ts';

/** How often the API server said no, by the log. */
function refusals(logFile: string): number {
  return existsSync(logFile) ? (readFileSync(logFile, 'utf8').match(/403/g) ?? []).length : 0;
}

describe('a start that cannot succeed', () => {
  let ground: Playground;
  beforeAll(async () => void (ground = await openPlayground('fail')));
  afterAll(() => ground.close());

  /** Its exit code and error, when no pod is left of it. */
  async function failure(session: string, env: GcOptions['env'] = {}, request: object = {}) {
    const stdin = JSON.stringify({command: 'cat', ...request});
    const {code, stdout, stderr} = await ground.gc(['start', session], {stdin, env});
    await ground.gone(session);
    expect({code, stdout, lines: stderr.trim().split('\n').length}).toEqual({
      ...{code: 1, stdout: '', lines: 1},
    });
    expect(stderr).not.toMatch(/already exists|internal error/i);
    return stderr;
  }

  it('names an image that cannot be pulled, long before the budget ends', async () => {
    const image = 'registry.invalid/nothing:v1';
    const started = performance.now();
    const stderr = await failure('pull', {GC_K8S_IMAGE: image});
    expect(stderr).toMatch(/ErrImagePull|ImagePullBackOff/);
    expect(stderr).toContain(image);
    expect(performance.now() - started).toBeLessThan(110_000);
  });

  it('names an image that must not be pulled', async () => {
    const env = {GC_K8S_IMAGE: 'gc-not-here:v1', GC_K8S_IMAGE_PULL_POLICY: 'Never'};
    expect(await failure('never', env)).toContain('ErrImageNeverPull');
  });

  it('names an image that is no reference', async () => {
    expect(await failure('reference', {GC_K8S_IMAGE: 'Not An Image'})).toMatch(
      /InvalidImageName|image/,
    );
  });

  it('is told by SIGINT why it waits', async () => {
    const call = ground.launch(['start', 'nowhere'], {
      stdin: '{}',
      env: {GC_K8S_NODE_SELECTOR: '{"gc-test":"no-such-node"}'},
    });
    await until('the scheduler has spoken', async saw => {
      const pod = await ground.podOf('nowhere');
      return saw(pod?.status?.conditions)?.some(({reason}) => reason === 'Unschedulable');
    });
    const signalledMs = performance.now();
    call.signal('SIGINT');
    const {code, stderr} = await call.done;
    // gc kills after 2 s; a machine that stalls may stall this, too.
    expect(performance.now() - signalledMs).toBeLessThan(10_000);
    expect([1, 130]).toContain(code);
    expect(stderr).toMatch(/Unschedulable|selector/);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    await ground.gone('nowhere');
  });

  describe('in a namespace with a quota', () => {
    const NAME = 'small';
    const env = {GC_K8S_MEM_REQUEST: '200Mi'};
    beforeAll(async () => {
      await ground.api.call('POST', '/resourcequotas', {
        metadata: {name: NAME},
        spec: {hard: {'requests.memory': '300Mi'}},
      });
      await until('the quota holds', async () => {
        const {text} = await ground.api.call('GET', `/resourcequotas/${NAME}`);
        return text.includes('"used":{');
      });
    });
    afterAll(async () => {
      await ground.gc(['stop', 'second']);
      await ground.api.call('DELETE', `/resourcequotas/${NAME}`);
    });

    it('names the quota that it can never fit in, at once', async () => {
      const stderr = await failure('large', {GC_K8S_MEM_REQUEST: '400Mi'});
      expect(stderr).toMatch(/exceeded quota: small.*400Mi.*300Mi/);
    });

    it('waits for room, names the quota when told to stop, and starts when there is some', async () => {
      await ground.start('first', {command: 'cat'}, {env});
      const file = join(mkdtempSync(join(ground.directory, 'log-')), 'log');
      const log = {GC_K8S_LOG_LEVEL: 'debug', GC_K8S_LOG_FILE: file};
      const call = ground.launch(['start', 'second'], {
        stdin: '{"command":"cat"}',
        env: {...env, ...log},
      });
      await until('it was refused', saw => saw(refusals(file)) > 1);
      call.signal('SIGINT');
      const {code, stderr} = await call.done;
      expect(code).not.toBe(0);
      expect(stderr).toMatch(/^start second: .*SIGINT.*exceeded quota: small[^\n]*\n$/);
      const next = ground.launch(['start', 'second'], {stdin: '{"command":"cat"}', env});
      expect((await ground.gc(['stop', 'first'])).code).toBe(0);
      expect(await next.done).toMatchObject({code: 0, stderr: ''});
    });
  });

  it('names a priority class that is not there', async () => {
    expect(await failure('priority', {GC_K8S_PRIORITY_CLASS_NAME: 'no-such-class'})).toContain(
      'no-such-class',
    );
  });

  it('names a claim that is not there', async () => {
    const call = ground.launch(['start', 'claim'], {
      stdin: '{}',
      env: {GC_K8S_WORKSPACE_PVC: 'no-such-claim'},
    });
    await until('the scheduler has spoken', async saw => {
      const pod = await ground.podOf('claim');
      return saw(pod?.status?.conditions)?.some(({status}) => status === 'False');
    });
    call.signal('SIGINT');
    const {stderr} = await call.done;
    expect(stderr).toContain('no-such-claim');
    await ground.gone('claim');
  });

  it.each([
    [{GC_K8S_MEM_LIMIT: 'lots'}, {}, /GC_K8S_MEM_LIMIT.*lots/],
    [{GC_K8S_CPU_REQUEST: '3', GC_K8S_CPU_LIMIT: '2'}, {}, /GC_K8S_CPU_REQUEST/],
    [{GC_K8S_NODE_SELECTOR: '{'}, {}, /GC_K8S_NODE_SELECTOR/],
    [{GC_K8S_IMAGE: undefined}, {}, /GC_K8S_IMAGE/],
    [{}, {command: 7}, /command/],
    [{}, {env: {A: 1}}, /env\.A/],
    [{}, {env: {GC_DOLT_HOST: 'db'}}, /requires GC_DOLT_PORT/],
    [{}, {copy_files: [{src: '/etc/hostname', rel_dst: '../../etc/passwd'}]}, /rel_dst|\.\./],
  ])('refuses %j with %j before anything is created', async (env, request, words) => {
    expect(await failure('wrong', env, request)).toMatch(words);
  });

  it('refuses what is no JSON', async () => {
    const {code, stderr} = await ground.gc(['start', 'json'], {stdin: '{'});
    expect(code).toBe(1);
    expect(stderr).toMatch(/JSON/);
  });

  it('names a server that does not answer, and never says "false" for it', async () => {
    const env = {KUBECONFIG: `${ground.directory}/nowhere.yaml`};
    const {code, stdout, stderr} = await ground.gc(['is-running', 'a'], {env});
    expect({code, stdout}).toEqual({code: 1, stdout: ''});
    expect(stderr).toContain('nowhere.yaml');
  });

  it('checks an image without pulling it', async () => {
    const check = async (image: string) => (await ground.gc(['check-image', image])).code;
    expect(await check(process.env.GC_K8S_IMAGE ?? '')).toBe(0);
    expect(await check('registry.example/unknown/image:v1')).toBe(0);
    expect(await check('Not An Image')).toBe(1);
    expect(await check('')).toBe(1);
  });
});
