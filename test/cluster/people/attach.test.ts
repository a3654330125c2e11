import {randomUUID} from 'node:crypto';
import {afterAll, beforeAll, expect, it} from 'vitest';
import {openPlayground, succeeded, type Playground} from '../kit/playground.ts';
import {until} from '../kit/poll.ts';
import {openTerminal} from '../kit/terminal.ts';
import {GC_K8S} from '../run/kit.ts';

/** tmux's prefix, then the key that detaches. */
const DETACH = '\u0002d';

let ground: Playground;
beforeAll(async () => {
  ground = await openPlayground('people-attach');
  await ground.start('a', {command: "PS1='ready> ' bash --norc -i"});
});
afterAll(() => ground.close());

it('gc-k8s attach brings an agent’s terminal to a person’s, and gives it back', async () => {
  const terminal = await openTerminal({...ground, executable: GC_K8S}, 'a');
  const shows = (text: string) =>
    until(`the terminal shows ${text}`, saw => saw(terminal.shown()).includes(text));
  await shows('ready>');
  // Other words each try: to tmux, keys that follow at once are a paste, and detach nobody.
  const mark = randomUUID().slice(0, 8);
  terminal.type(`echo "typed é $((40 + 2)) ${mark}"\r`);
  await shows(`typed é 42 ${mark}`);
  terminal.type(DETACH);
  expect(await terminal.ended).toEqual({code: 0, isRestored: true});
  expect(succeeded(await ground.gc(['is-running', 'a'])).stdout).toBe('true\n');
  expect(succeeded(await ground.gc(['peek', 'a'])).stdout).toContain(`typed é 42 ${mark}`);
});

it('ends with the agent', async () => {
  await ground.start('brief', {command: 'read line'});
  const terminal = await openTerminal({...ground, executable: GC_K8S}, 'brief');
  await until('it is attached', async () =>
    (await ground.gc(['is-attached', 'brief'])).stdout.includes('true'),
  );
  terminal.type('x\r');
  expect(await terminal.ended).toMatchObject({isRestored: true});
});
