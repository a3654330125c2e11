import {randomUUID} from 'node:crypto';
import {readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {earlierBuild, earlierBuilds, startEarlier} from '../kit/earlier-build.ts';
import {openPlayground, succeeded, type Playground} from '../kit/playground.ts';
import {until} from '../kit/poll.ts';
import {openTerminal} from '../kit/terminal.ts';

/** tmux's prefix, then the key that detaches. */
const DETACH = '\u0002d';
const SESSION = 'earlier';

/** An upgrade leaves the agents that run: this build is asked about them. */
describe.each(earlierBuilds())('an agent that %s has started', build => {
  let ground: Playground;
  beforeAll(async () => {
    ground = await openPlayground('earlier');
    await startEarlier(ground, earlierBuild(build));
  });
  afterAll(() => ground.close());

  const gc = async (operation: string, args: string[] = [], stdin = '') =>
    succeeded(await ground.gc([operation, SESSION, ...args], {stdin})).stdout;

  it('runs, and is listed', async () => {
    expect(await gc('is-running')).toBe('true\n');
    expect(succeeded(await ground.gc(['list-running', ''])).stdout).toBe(`${SESSION}\n`);
    expect(await gc('process-alive', [], '^cat$')).toBe('true\n');
  });

  it('keeps its name', async () => {
    const {code, stderr} = await ground.gc(['start', SESSION], {stdin: '{}'});
    expect(code).toBe(1);
    expect(stderr).toContain('already exists');
  });

  it('is typed to and read', async () => {
    await gc('nudge', [], 'hello $(id) é;');
    await ground.screen(SESSION, text => text.includes('hello $(id) é;'));
    await gc('send-keys', ['k', 'Enter']);
    await gc('interrupt');
    expect(await gc('peek', ['0'])).toContain('hello $(id) é;');
    await gc('clear-scrollback');
    expect(await gc('get-last-activity')).toMatch(/^\d{4}-.*Z\n$/);
    expect(await gc('is-running')).toBe('true\n');
  });

  it('keeps metadata', async () => {
    await gc('set-meta', ['GC_DRAIN'], 'soon é;');
    expect(await gc('get-meta', ['GC_DRAIN'])).toBe('soon é;');
    await gc('set-meta', ['a/key'], 'x');
    expect(await gc('get-meta', ['a/key'])).toBe('x');
    await gc('remove-meta', ['GC_DRAIN']);
    expect(await gc('get-meta', ['GC_DRAIN'])).toBe('');
  });

  it('takes commands and files', async () => {
    expect(await gc('exec', [], 'echo "$GC_SESSION_NAME"; pwd')).toBe(`${SESSION}\n/workspace\n`);
    const here = join(ground.directory, 'here');
    writeFileSync(here, 'content é\n');
    await gc('copy-to', [here, 'there']);
    expect(await gc('copy-from', ['there'])).toBe(readFileSync(here, 'utf8'));
  });

  it('is attached to', async () => {
    const terminal = await openTerminal(ground, SESSION);
    await until('it is attached', async () => (await gc('is-attached')) === 'true\n');
    // Other words each try: to tmux, keys that follow at once are a paste, and detach nobody.
    const words = `typed by hand ${randomUUID()}`;
    terminal.type(`${words}\r`);
    await until('it shows', saw => saw(terminal.shown()).includes(words));
    terminal.type(DETACH);
    expect(await terminal.ended).toEqual({code: 0, isRestored: true});
  });

  it('is stopped, and its name free', async () => {
    await gc('stop');
    expect(await gc('is-running')).toBe('false\n');
    await ground.start(SESSION, {command: 'cat'});
    expect(await gc('is-running')).toBe('true\n');
  });
});

/** Gas City starts the agent of a box itself, by commands. */
describe.each(earlierBuilds())('a box that %s has provisioned', build => {
  let ground: Playground;
  beforeAll(async () => void (ground = await openPlayground('earlier-box')));
  afterAll(() => ground.close());

  it('takes its agent', async () => {
    const {pod, ...more} = earlierBuild(build);
    const {'gc-k8s/started-at': at = '', ...annotations} = pod.metadata.annotations;
    const provisioned = {...annotations, 'gc-k8s/provisioned-at': at};
    const box = {...pod, metadata: {...pod.metadata, annotations: provisioned}};
    await startEarlier(ground, {...more, pod: box}, {provisioned: ''});

    const gc = async (operation: string, stdin = '', ...args: string[]) =>
      succeeded(await ground.gc([operation, SESSION, ...args], {stdin})).stdout;
    expect(await gc('is-running')).toBe('false\n');
    await gc('exec', `'tmux' 'new-session' '-d' '-s' 'main' 'cat'`);
    expect(await gc('is-running')).toBe('true\n');
    await gc('nudge', 'to the box');
    await ground.screen(SESSION, text => text.includes('to the box'));
    await gc('stop');
    expect(await gc('is-running')).toBe('false\n');
  });
});
