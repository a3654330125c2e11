import {afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished} from 'vitest';
import {openForwarder} from '../kit/forwarder.ts';
import {openPlayground, succeeded, type Playground} from '../kit/playground.ts';
import {until} from '../kit/poll.ts';
import {openTerminal, type Terminal} from '../kit/terminal.ts';
import {beforeNextTry} from '../kit/tries.ts';

/** tmux's prefix, then the key that detaches. */
const DETACH = '\u0002d';

describe('attach', () => {
  let ground: Playground;
  beforeAll(async () => {
    ground = await openPlayground('attach');
    await begin();
  });
  const begin = () => ground.start('a', {command: "PS1='ready> ' bash --norc -i"});
  // A next try finds a shell at its prompt, and nobody attached.
  beforeEach(() =>
    beforeNextTry(async () => {
      await ground.gc(['stop', 'a']);
      await begin();
    }),
  );
  afterAll(() => ground.close());
  const openOn: typeof openTerminal = async (...args) => {
    const terminal = await openTerminal(...args);
    onTestFinished(() => terminal.close());
    return terminal;
  };

  const isAttached = async () =>
    succeeded(await ground.gc(['is-attached', 'a'])).stdout === 'true\n';
  const isRunning = async () => succeeded(await ground.gc(['is-running', 'a'])).stdout;
  const shows = (terminal: Terminal, text: string) =>
    until(`the terminal shows ${text}`, saw => saw(terminal.shown()).includes(text));

  it('shows the terminal, takes keys, follows the size, and detaches', async () => {
    expect(await isAttached()).toBe(false);
    const terminal = await openOn(ground, 'a');
    await shows(terminal, 'ready>');
    expect(await isAttached()).toBe(true);
    terminal.type('echo "typed é $((40 + 2))"\r');
    await shows(terminal, 'typed é 42');
    terminal.type('echo "w$(tput cols)w"\r');
    await shows(terminal, 'w100w');
    await terminal.resize(123, 40);
    await until('the new width', () => {
      terminal.type('echo "w$(tput cols)w"\r');
      return terminal.shown().includes('w123w');
    });
    terminal.type('sleep 999\r');
    terminal.type('\u0003');
    terminal.type('echo after interrupt\r');
    await shows(terminal, 'after interrupt');
    terminal.type(DETACH);
    expect(await terminal.ended).toEqual({code: 0, isRestored: true});
    await until('nobody is attached', async () => !(await isAttached()));
    expect(await isRunning()).toBe('true\n');
  });

  it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
    'gives the terminal back on %s',
    async signal => {
      const terminal = await openOn(ground, 'a');
      await until('it is attached', isAttached);
      terminal.signal(signal);
      const {code, isRestored} = await terminal.ended;
      expect({isRestored, isFailure: code !== 0 && code !== 2}).toEqual({
        isRestored: true,
        isFailure: true,
      });
      await until('nobody is attached', async () => !(await isAttached()));
      expect(await isRunning()).toBe('true\n');
    },
  );

  it('comes back after a lost connection, and leaves no client behind', async () => {
    const forwarder = await openForwarder(ground);
    const terminal = await openOn(ground, 'a', {env: {KUBECONFIG: forwarder.kubeconfig}});
    await until('it is attached', isAttached);
    forwarder.cut();
    await until('it shows new output', () => {
      terminal.type('echo "again $((1 + 1))"\r');
      return terminal.shown().includes('again 2');
    });
    await until('it is the only client', async saw => {
      const {stdout} = await ground.shell('a', 'tmux list-clients -t main');
      return saw(stdout).trim().split('\n').length === 1;
    });
    terminal.type(DETACH);
    expect(await terminal.ended).toEqual({code: 0, isRestored: true});
    await forwarder.close();
  });

  it('ends on Ctrl-C while the connection is lost', async () => {
    const forwarder = await openForwarder(ground);
    const terminal = await openOn(ground, 'a', {env: {KUBECONFIG: forwarder.kubeconfig}});
    await shows(terminal, 'ready>');
    forwarder.block(true);
    forwarder.cut();
    let isOver = false;
    void terminal.ended.then(() => (isOver = true));
    await until('it ends', () => {
      if (!isOver) terminal.type('\u0003');
      return isOver;
    });
    expect(await terminal.ended).toEqual({code: 130, isRestored: true});
    await forwarder.close();
  });

  it('ends with the agent', async () => {
    await ground.start('mortal', {command: 'read line; exit 0'});
    const terminal = await openOn(ground, 'mortal');
    await until(
      'it is attached',
      async () => succeeded(await ground.gc(['is-attached', 'mortal'])).stdout === 'true\n',
    );
    terminal.type('\r');
    expect((await terminal.ended).isRestored).toBe(true);
  });

  it('needs a session and a terminal', async () => {
    const terminal = await openOn(ground, 'nobody');
    expect(await terminal.ended).toEqual({code: 1, isRestored: true});
    const {code, stderr} = await ground.gc(['attach', 'a']);
    expect(code).toBe(1);
    expect(stderr).toContain('terminal');
  });
});
