import {spawnSync} from 'node:child_process';
import {resolve} from 'node:path';
import {expect, it} from 'vitest';
import {AGENTS, hasAnswered, isWaiting, timesTold} from '../../demo/agents.ts';
import {temporaryDirectory, write} from '../kit/temporary-directory.ts';

const [mayor, polecat] = AGENTS;

/** A terminal on which the message was typed and answered. */
const pane = (agent: {nudge: string}, answer: string) => [
  'mayor (a stand-in)',
  '',
  `❯ ${agent.nudge}`,
  '● Bash(pwd)',
  `  └ ${answer}`,
  '● Done.',
  '',
  '❯',
  '',
];

it('knows an agent that waits from one that thinks or was typed to', () => {
  expect(isWaiting(['a stand-in', '', '❯ ', '', ''])).toBe(true);
  expect(isWaiting(['❯ where are you?', '✻ Thinking…'])).toBe(false);
  expect(isWaiting(['❯ where are you?'])).toBe(false);
  expect(isWaiting([])).toBe(false);
});

it('takes only the right answer, given after the message, for an answer', () => {
  const answered = pane(mayor, '/workspace');
  expect(hasAnswered(answered, mayor)).toBe(true);
  expect(hasAnswered(pane(mayor, '/'), mayor)).toBe(false);
  expect(hasAnswered(answered.slice(0, 6), mayor)).toBe(false);
  expect(hasAnswered(answered, polecat)).toBe(false);
  expect(hasAnswered(['  └ /workspace', '● Done.', `❯ ${mayor.nudge}`], mayor)).toBe(false);
});

it('counts a message that was typed twice', () => {
  expect(timesTold(pane(mayor, '/workspace'), mayor.nudge)).toBe(1);
  expect(timesTold([`❯ ${mayor.nudge}`, `❯ ${mayor.nudge}`], mayor.nudge)).toBe(2);
});

it.each(AGENTS)('the stand-in gives $name’s answer in a plain sh', agent => {
  const directory = temporaryDirectory();
  write(directory, {'TASK.md': `${agent.task}\n`});
  const {stdout, status} = spawnSync('sh', [resolve('demo/agent.sh')], {
    cwd: directory,
    input: `${agent.nudge}\n`,
    env: {PATH: process.env.PATH ?? '', GC_SESSION_NAME: agent.name},
    encoding: 'utf8',
  });
  const lines = stdout
    .replaceAll(/\x1b\[[0-9;]*[mK]/g, '')
    .split('\n')
    .map(line => line.split('\r').at(-1) ?? '')
    .map(line => line.replace(directory, '/workspace'));
  // A pipe does not echo what is typed.
  const echoed = [`❯ ${agent.nudge}`, ...lines];
  expect(hasAnswered(echoed, agent), stdout).toBe(true);
  expect(status).not.toBe(null);
});
