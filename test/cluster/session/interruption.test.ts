import {mkdtempSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import type {V1Pod} from '@kubernetes/client-node';
import {afterAll, beforeAll, describe, expect, it, onTestFinished} from 'vitest';
import {openForwarder} from '../kit/forwarder.ts';
import {openPlayground, succeeded, type Playground} from '../kit/playground.ts';
import {until} from '../kit/poll.ts';

/** gc kills 2 s after its SIGINT; a machine that stalls may stall this, too. */
const PROMPT_MS = 10_000;

describe('a start that is interrupted', () => {
  let ground: Playground;
  beforeAll(async () => void (ground = await openPlayground('interrupt')));
  afterAll(() => ground.close());

  const isUp = (pod: V1Pod | undefined) =>
    pod?.status?.containerStatuses?.some(({state}) => state?.running !== undefined) === true;

  /** Starts, waits for the moment, sends the signal; the pod must go. */
  async function interrupted(session: string, request: object, moment: () => Promise<boolean>) {
    const call = ground.launch(['start', session], {stdin: JSON.stringify(request)});
    await until(`the moment of ${session}`, moment, {everyMs: 10});
    const signalledMs = performance.now();
    call.signal('SIGINT');
    const {code, stderr} = await call.done;
    expect(performance.now() - signalledMs).toBeLessThan(PROMPT_MS);
    expect([1, 130]).toContain(code);
    expect(stderr.trim().split('\n').at(-1)).toContain('SIGINT');
    expect(stderr).not.toMatch(/already exists|internal error/);
    await ground.gone(session);
  }
  const exists = (session: string) => async () => (await ground.podOf(session)) !== undefined;
  const hasFile = (session: string, file: string) => async () =>
    isUp(await ground.podOf(session)) && (await ground.shell(session, `ls ${file}`)).code === 0;

  it('before anything is created', async () => {
    const call = ground.launch(['start', 'early'], {stdin: '{}'});
    call.signal('SIGINT');
    await call.done;
    await ground.gone('early');
  });

  it('while its container is created', () => interrupted('created', {}, exists('created')));

  it('while files are copied', async () => {
    const directory = mkdtempSync(join(ground.directory, 'work-'));
    writeFileSync(join(directory, 'a'), 'first');
    for (let at = 0; at < 10; at++) {
      writeFileSync(join(directory, `b${at}`), Buffer.alloc(30 * 2 ** 20, at));
    }
    await interrupted('copying', {work_dir: directory}, hasFile('copying', '/workspace/a'));
  });

  it('while it prepares', () =>
    interrupted(
      'preparing',
      {pre_start: ['touch /workspace/here; sleep 60']},
      hasFile('preparing', '/workspace/here'),
    ));

  it('while it sets up', () =>
    interrupted(
      'setup',
      {
        command: 'cat',
        session_setup: ['touch /workspace/here', ...Array<string>(10).fill('sleep 9')],
      },
      hasFile('setup', '/workspace/here'),
    ));

  it('while it waits for the agent', () =>
    interrupted(
      'waiting',
      {command: 'touch /workspace/here; cat', process_names: ['never-there']},
      hasFile('waiting', '/workspace/here'),
    ));

  it('while it waits for the old pod to go', async () => {
    const hold = {
      metadata: {
        name: 'held',
        labels: {app: 'gc-agent', 'gc-session': 'held'},
        annotations: {'gc-session-name': 'held'},
        finalizers: ['gc-test.example/hold'],
      },
      spec: {
        restartPolicy: 'Never',
        terminationGracePeriodSeconds: 0,
        containers: [{name: 'agent', image: ground.env.GC_K8S_IMAGE, command: ['true']}],
      },
    };
    const release = () => ground.api.patch('/pods/held', 'merge', {metadata: {finalizers: null}});
    onTestFinished(async () => {
      await release();
    });
    await ground.api.call('POST', '/pods', hold);
    await ground.api.call('DELETE', '/pods/held');
    const call = ground.launch(['start', 'held'], {stdin: '{}'});
    const second = await ground.gc(['is-running', 'held']);
    expect(second.stdout).toBe('false\n');
    call.signal('SIGINT');
    const {code, stderr} = await call.done;
    await release();
    expect([1, 130]).toContain(code);
    expect(stderr).not.toMatch(/already exists/);
    await ground.gone('held');
    await ground.start('held', {command: 'cat'});
  });

  it('by SIGKILL: the box ends by itself, and a later start has its way', async () => {
    const call = ground.launch(['start', 'killed'], {
      stdin: JSON.stringify({command: 'cat', pre_start: ['touch /workspace/here; sleep 300']}),
    });
    await until('it prepares', hasFile('killed', '/workspace/here'), {everyMs: 50});
    call.signal('SIGKILL');
    expect((await call.done).code).toBeNull();
    await until('its box has ended', async () => {
      const phase = (await ground.podOf('killed'))?.status?.phase;
      return phase === 'Failed' || phase === 'Succeeded';
    });
    expect(succeeded(await ground.gc(['is-running', 'killed'])).stdout).toBe('false\n');
    await ground.start('killed', {command: 'cat'});
    expect(succeeded(await ground.gc(['is-running', 'killed'])).stdout).toBe('true\n');
  });

  it('goes on over a lost connection, or fails with the cause and leaves nothing', async () => {
    const forwarder = await openForwarder(ground);
    const call = ground.launch(['start', 'cut'], {
      stdin: JSON.stringify({command: 'cat', pre_start: ['touch /workspace/here; sleep 3']}),
      env: {KUBECONFIG: forwarder.kubeconfig},
    });
    await until('it prepares', hasFile('cut', '/workspace/here'), {everyMs: 50});
    forwarder.cut();
    const {code, stderr} = await call.done;
    await forwarder.close();
    if (code === 0) {
      expect(succeeded(await ground.gc(['is-running', 'cut'])).stdout).toBe('true\n');
      return;
    }
    expect(stderr.trim().split('\n')).toHaveLength(1);
    await ground.gone('cut');
  });

  it('waits out a server that is away for a while', async () => {
    await ground.start('patient', {command: 'cat'});
    const forwarder = await openForwarder(ground);
    forwarder.block(true);
    const env = {KUBECONFIG: forwarder.kubeconfig};
    const calls = [
      ground.gc(['is-running', 'patient'], {env}),
      ground.gc(['nudge', 'patient'], {env, stdin: 'through the dark'}),
      ground.gc(['set-meta', 'patient', 'K'], {env, stdin: 'kept'}),
      ground.gc(['list-running', ''], {env}),
    ];
    setTimeout(() => forwarder.block(false), 3000);
    const [isRunning, nudge, setMeta, list] = await Promise.all(calls);
    await forwarder.close();
    expect(isRunning).toMatchObject({code: 0, stdout: 'true\n'});
    expect(nudge).toMatchObject({code: 0, stderr: ''});
    expect(setMeta).toMatchObject({code: 0, stderr: ''});
    expect(list?.stdout.split('\n')).toContain('patient');
    await ground.screen('patient', text => text.includes('through the dark'));
    expect((await ground.gc(['get-meta', 'patient', 'K'])).stdout).toBe('kept');
  });
});
