import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {openPlayground, succeeded, type Playground} from '../kit/playground.ts';
import {until} from '../kit/poll.ts';

const occurrences = (text: string, part: string) => text.split(part).length - 1;

describe('the first moments of an agent', () => {
  let ground: Playground;
  beforeAll(async () => void (ground = await openPlayground('prompt')));
  afterAll(() => ground.close());

  it('types the first prompt once, when the agent is ready and its dialogs are answered', async () => {
    const dialog = 'read -p "trust this? " answer; echo "answered $answer"; sleep 1; ';
    const agent = `${dialog} stty -echo; printf '❯ '; while IFS= read -r l; do echo "got <$l>"; printf '❯ '; done`;
    await ground.start('late', {
      command: agent,
      nudge: 'begin; "work" é $(id)\nsecond line',
      ready_prompt_prefix: '❯',
    });
    await ground.screen('late', text => text.includes('trust this?'));
    const before = succeeded(await ground.gc(['peek', 'late', '0'])).stdout;
    expect(before).not.toContain('begin');
    succeeded(await ground.gc(['send-keys', 'late', 'y', 'Enter']));
    await ground.screen('late', text => text.includes('got <second line>'));
    succeeded(await ground.gc(['nudge', 'late'], {stdin: 'later'}));
    const screen = await ground.screen('late', text => text.includes('got <later>'));
    expect(occurrences(screen, 'got <begin; "work" é $(id)>')).toBe(1);
    expect(occurrences(screen, 'got <second line>')).toBe(1);
    expect(screen).not.toContain('answered begin');
  });

  it('types it after a delay when there is no prompt to wait for', async () => {
    await ground.start('delay', {
      command: 'stty -echo; while IFS= read -r l; do echo "got <$l>"; done',
      nudge: 'hello',
      ready_delay_ms: 1500,
    });
    const screen = await ground.screen('delay', text => text.includes('got <hello>'));
    expect(occurrences(screen, 'got <hello>')).toBe(1);
  });

  it('warns when none of the process names is seen, and goes on', async () => {
    const {stderr} = await ground.start('names', {
      command: 'cat',
      process_names: ['no-such-process'],
    });
    expect(stderr).toMatch(/^warning: .*process names.*\n$/);
  });

  it('shows the terminal at each change, and leaves no loop behind', async () => {
    await ground.start('watched', {command: 'echo "first é"; cat'});
    await ground.screen('watched', text => text.includes('first é'));
    const watch = ground.launch(['watch-startup', 'watched'], {deadlineMs: 170_000});
    let output = '';
    watch.onOutput(text => (output = text));
    const contents = () =>
      output
        .split('\n')
        .slice(0, -1)
        .map(line => (JSON.parse(line) as {content: string}).content);
    await until('the first line', () => contents().length > 0, {everyMs: 20});
    expect(contents()[0]).toContain('first é');
    succeeded(await ground.gc(['nudge', 'watched'], {stdin: 'a change'}));
    await until('the change', () => contents().at(-1)?.includes('a change'));
    const lines = output.trim().split('\n');
    expect(new Set(lines).size).toBe(lines.length);

    const loops = async () => {
      const {stdout} = await ground.shell('watched', 'ps axo args');
      return stdout.split('\n').filter(line => line.includes('capture-pane')).length;
    };
    await until('the loop is seen', async () => (await loops()) > 1);
    watch.signal('SIGKILL');
    expect((await watch.done).code).toBeNull();
    // The shell that looks is one of them.
    await until('the loop is gone', async () => (await loops()) <= 1);
  });

  it('shows the output and the lifecycle in the container log', async () => {
    await ground.start('logged', {command: 'echo "agent says é"; read x; exit 5'});
    const logs = async () =>
      (await ground.api.call('GET', '/pods/logged/log?container=agent')).text;
    await until('the output is logged', async () => (await logs()).includes('agent says é'));
    succeeded(await ground.gc(['nudge', 'logged'], {stdin: 'end'}));
    await until('its end is logged', async () => (await logs()).includes('ended with exit code 5'));
    expect(await logs()).toMatch(/gc: agent started/);
  });
});

describe('a provisioned box', () => {
  let ground: Playground;
  beforeAll(async () => {
    ground = await openPlayground('provision');
    succeeded(
      await ground.gc(['provision', 'box'], {
        stdin: JSON.stringify({
          work_dir: '/city/rig',
          env: {GC_CITY: '/city', FLAVOUR: 'plum', API_TOKEN: 'hidden'},
          pre_start: ['touch prepared'],
        }),
      }),
    );
  });
  afterAll(() => ground.close());

  const exec = (command: string) => ground.gc(['exec', 'box'], {stdin: command});
  const isRunning = async () => succeeded(await ground.gc(['is-running', 'box'])).stdout;

  it('runs no agent, and answers exec', async () => {
    expect(await isRunning()).toBe('false\n');
    expect(succeeded(await ground.gc(['list-running', ''])).stdout).toBe('');
    expect(succeeded(await exec('pwd; ls')).stdout).toBe('/workspace/rig\nprepared\n');
    expect((await exec("'tmux' 'has-session' '-t' 'main'")).code).not.toBe(0);
  });

  it('takes the agent that gc starts, and starts again', async () => {
    succeeded(await exec("'tmux' 'new-session' '-d' '-s' 'main' 'cat'"));
    expect(await isRunning()).toBe('true\n');
    expect(succeeded(await ground.gc(['list-running', ''])).stdout).toBe('box\n');
    succeeded(await ground.gc(['nudge', 'box'], {stdin: 'to cat'}));
    await ground.screen('box', text => text.includes('to cat'));

    succeeded(await exec("'tmux' 'has-session' '-t' 'main'"));
    const command = '\'echo "$PWD $FLAVOUR $API_TOKEN"; cat\'';
    succeeded(await exec(`'tmux' 'respawn-pane' '-k' '-t' 'main' ${command}`));
    await ground.screen('box', text => text.includes('/workspace/rig plum hidden'));

    succeeded(await exec('tmux kill-session -t main'));
    expect(await isRunning()).toBe('false\n');
    succeeded(await exec(`'tmux' 'new-session' '-d' '-s' 'main' ${command}`));
    await ground.screen('box', text => text.includes('/workspace/rig plum hidden'));
    expect(await isRunning()).toBe('true\n');
    const refused = await ground.gc(['provision', 'box'], {stdin: '{}'});
    expect({code: refused.code, exists: refused.stderr.includes('already exists')}).toEqual({
      ...{code: 1, exists: true},
    });
  });
});
