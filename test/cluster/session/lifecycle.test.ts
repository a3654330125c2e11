import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {openPlayground, succeeded, type Playground} from '../kit/playground.ts';
import {until} from '../kit/poll.ts';

describe('the life of a session', () => {
  let ground: Playground;
  beforeAll(async () => void (ground = await openPlayground('life')));
  afterAll(() => ground.close());

  const isRunning = async (session: string) =>
    succeeded(await ground.gc(['is-running', session])).stdout;
  const running = async (prefix = '') =>
    succeeded(await ground.gc(['list-running', prefix]))
      .stdout.split('\n')
      .filter(Boolean);

  it('starts, is seen at once, is refused a second time, stops, and starts again', async () => {
    await ground.start('mayor', {command: 'cat', env: {GC_AGENT: 'demo/mayor'}});
    expect(await isRunning('mayor')).toBe('true\n');
    expect(await running()).toContain('mayor');
    const first = await ground.podOf('mayor');
    expect(first?.metadata?.labels).toEqual({
      app: 'gc-agent',
      'gc-session': 'mayor',
      'gc-agent': 'demo-mayor',
    });
    expect(await ground.pods('?labelSelector=gc-session%3Dmayor')).toHaveLength(1);

    const second = await ground.gc(['start', 'mayor'], {stdin: '{"command":"cat"}'});
    expect(second.code).toBe(1);
    expect(second.stderr).toMatch(/already exists/i);
    expect((await ground.podOf('mayor'))?.metadata?.uid).toBe(first?.metadata?.uid);

    expect((await ground.gc(['stop', 'mayor'])).code).toBe(0);
    expect(await isRunning('mayor')).toBe('false\n');
    expect(await running()).not.toContain('mayor');
    expect((await ground.gc(['stop', 'mayor'])).code).toBe(0);

    // The old pod may still be on its way out: it is replaced, and nobody says "already exists".
    await ground.start('mayor', {command: 'cat'});
    expect((await ground.podOf('mayor'))?.metadata?.uid).not.toBe(first?.metadata?.uid);
    expect(await isRunning('mayor')).toBe('true\n');
  });

  it('is found, read, typed to and deleted by what another provider goes by', async () => {
    const session = 'City/rig.A';
    await ground.start(session, {command: 'cat'});
    const selector = encodeURIComponent('app=gc-agent,gc-session=City-rig.A');
    const [pod, ...others] = await ground.pods(`?labelSelector=${selector}`);
    expect(others).toEqual([]);
    expect(pod?.metadata?.annotations).toMatchObject({'gc-session-name': session});
    // The phase follows the kubelet's rhythm.
    await until('it runs', async () => (await ground.podOf(session))?.status?.phase === 'Running');
    // Runs in the container `agent`, without our help.
    const shell = async (script: string) => {
      const {code, stdout} = await ground.shell(session, script);
      expect([script, code]).toEqual([script, 0]);
      return stdout;
    };
    await shell('tmux has-session -t main');
    await shell(`tmux send-keys -t main -l 'typed by another' && tmux send-keys -t main Enter`);
    await until('it is read', async () =>
      (await shell('tmux capture-pane -t main -p -S -50')).includes(
        'typed by another\ntyped by another',
      ),
    );
    const {name = ''} = pod?.metadata ?? {};
    expect((await ground.api.call('DELETE', `/pods/${name}`)).status).toBe(200);
    expect(await isRunning(session)).toBe('false\n');
  });

  it('lets one of two simultaneous starts win', async () => {
    const request = {stdin: '{"command":"cat"}'};
    const both = await Promise.all([
      ground.gc(['start', 'twin'], request),
      ground.gc(['start', 'twin'], request),
    ]);
    expect(both.map(({code}) => code).sort()).toEqual([0, 1]);
    const loser = both.find(({code}) => code === 1);
    expect(loser?.stderr).toMatch(/already exists|is being started/i);
    expect(loser?.stderr.trim().split('\n')).toHaveLength(1);
    expect(await ground.pods('?labelSelector=gc-session%3Dtwin')).toHaveLength(1);
    expect(await isRunning('twin')).toBe('true\n');
  });

  it('is not running as soon as its agent has ended, and is replaced then', async () => {
    await ground.start('brief', {command: 'read line; exit 3'});
    succeeded(await ground.gc(['nudge', 'brief'], {stdin: 'go'}));
    await until('brief ends', async () => (await isRunning('brief')) === 'false\n');
    expect(await running()).not.toContain('brief');
    const pod = await until('its pod ends', async () => {
      const found = await ground.podOf('brief');
      return found?.status?.phase === 'Failed' && found;
    });
    expect(pod.status?.containerStatuses?.[0]?.state?.terminated?.exitCode).toBe(3);
    await ground.start('brief', {command: 'cat'});
    expect(await isRunning('brief')).toBe('true\n');
    expect((await ground.podOf('brief'))?.metadata?.uid).not.toBe(pod.metadata?.uid);
  });

  it('replaces a pod whose tmux was killed', async () => {
    await ground.start('headless', {command: 'cat'});
    const before = await ground.podOf('headless');
    await ground.shell('headless', 'tmux kill-server');
    await until('headless is seen dead', async () => (await isRunning('headless')) === 'false\n');
    await ground.start('headless', {command: 'cat'});
    expect((await ground.podOf('headless'))?.metadata?.uid).not.toBe(before?.metadata?.uid);
    expect(await isRunning('headless')).toBe('true\n');
  });

  it('lets an agent end at once that was expected to', async () => {
    await ground.start('once', {command: 'true', lifecycle: 'one_shot'});
    await until('once is over', async () => (await isRunning('once')) === 'false\n');
    expect(await running()).not.toContain('once');
  });

  it('says how an agent ended that was not', async () => {
    const {code, stderr} = await ground.gc(['start', 'doomed'], {
      stdin: JSON.stringify({command: 'echo "no key found: $((40 + 2))"; exit 7'}),
    });
    expect(code).toBe(1);
    expect(stderr).toContain('no key found: 42');
    expect(stderr).toContain('exit code 7');
    expect(stderr).not.toMatch(/already exists/i);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    await ground.gone('doomed');
  });

  it('tells "absent" from failure in every operation', async () => {
    const answers: Record<string, string> = {};
    for (const call of [
      ...['stop', 'interrupt', 'is-running', 'is-attached', 'nudge', 'send-keys Enter'],
      ...['peek', 'clear-scrollback', 'get-last-activity', 'set-meta K', 'get-meta K'],
      ...['remove-meta K', 'copy-to /etc/hostname x', 'watch-startup', 'process-alive'],
      ...['exec', 'attach', 'copy-from x'],
    ]) {
      const [operation = '', ...rest] = call.split(' ');
      const {code, stdout} = await ground.gc([operation, 'nobody', ...rest], {stdin: 'cat'});
      answers[call] = `${code ?? 'none'}:${stdout.trim()}`;
    }
    expect(answers).toEqual({
      stop: '0:',
      interrupt: '0:',
      'is-running': '0:false',
      'is-attached': '0:false',
      nudge: '0:',
      'send-keys Enter': '0:',
      peek: '0:',
      'clear-scrollback': '0:',
      'get-last-activity': '0:',
      'set-meta K': '0:',
      'get-meta K': '0:',
      'remove-meta K': '0:',
      'copy-to /etc/hostname x': '0:',
      'watch-startup': '0:',
      'process-alive': '0:false',
      exec: expect.stringMatching(/^(1|255):$/) as string,
      attach: '1:',
      'copy-from x': '1:',
    });
    expect((await ground.gc(['nonsense', 'nobody'])).code).toBe(2);
  });
});
