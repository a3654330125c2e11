import {spawnSync} from 'node:child_process';
import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {describeUnless} from '../kit/unless.ts';

const DIRECTORY = 'contrib/local-cluster';
const COMMANDS = ['check', 'up', 'down', 'load'];
const SOURCED = readdirSync(DIRECTORY, {recursive: true, encoding: 'utf8'}).filter(file =>
  file.endsWith('.sh'),
);

const hasShellcheck = spawnSync('shellcheck', ['--version']).status === 0;
const whyNoShellcheck = hasShellcheck ? undefined : 'shellcheck is not installed';

const said = (program: string, args: readonly string[]) => {
  const {stdout, stderr} = spawnSync(program, args, {cwd: DIRECTORY, encoding: 'utf8'});
  return stdout + stderr;
};

describe.each([...COMMANDS, ...SOURCED])('contrib/local-cluster/%s', file => {
  const text = readFileSync(join(DIRECTORY, file), 'utf8');

  it('is not too long, and swallows no failure', () => {
    expect(text.split('\n').length).toBeLessThanOrEqual(150);
    expect(text).not.toContain('|| true');
  });

  it('is read by bash and by the plainest shell', () => {
    expect(said('bash', ['-n', file])).toBe('');
    expect(said('sh', ['-n', file])).toBe('');
  });
});

describeUnless(
  whyNoShellcheck,
  'shellcheck is satisfied',
  () => {
    it('with every file', () => {
      // One file alone does not show what it takes from others and sets for them.
      const elsewhere = 'SC1091,SC2034,SC2153,SC2154';
      expect(said('shellcheck', ['-s', 'dash', '-e', elsewhere, ...COMMANDS, ...SOURCED])).toBe('');
    });

    it('with up and all that it sources', () => {
      expect(said('shellcheck', ['-x', 'up'])).toBe('');
    });
  },
  {timeout: 120_000},
);

it.each(COMMANDS)('%s tells how it is used', command => {
  const help = said(join(process.cwd(), DIRECTORY, command), ['--help']);
  expect(help).toContain(`usage: contrib/local-cluster/${command} `);
  expect(help).toContain('3 this host cannot, 4 a tool is missing');
});
