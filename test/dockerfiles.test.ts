import {readFileSync} from 'node:fs';
import {describe, expect, it} from 'vitest';

/** The instructions, each with its continuation lines, without comments. */
function instructionsOf(file: string): string[] {
  const text = readFileSync(file, 'utf8').replaceAll(/^#.*\n/gm, '');
  return text
    .replaceAll('\\\n', '')
    .split('\n')
    .filter(line => line !== '');
}

// What hadolint looks for, as far as these files could get it wrong.
describe.each(['Dockerfile.agent', 'Dockerfile.controller'])('%s', file => {
  const instructions = instructionsOf(file);
  const of = (keyword: string) => instructions.filter(line => line.startsWith(`${keyword} `));

  it('builds in stages and ships a base image, not a builder', () => {
    expect(of('FROM').length).toBeGreaterThan(1);
    expect(of('FROM').at(-1)).toMatch(/^FROM (\$\{BASE_IMAGE\}|base)$/);
  });

  it('takes base image and versions as build arguments, all pinned', () => {
    const outer = instructions.filter(line => /^ARG (BASE_IMAGE|\w+_VERSION|DEB_\w+)/.test(line));
    expect(outer.length).toBeGreaterThan(2);
    for (const line of outer) expect(line).toMatch(/=.*\d|=debian:bookworm-slim$/);
    expect(instructions.join('\n')).not.toMatch(/:latest|@latest|curl .*\| *(ba)?sh|sudo/);
  });

  it('installs packages without recommended ones, and leaves no lists behind', () => {
    for (const line of of('RUN').filter(run => run.includes('apt-get install'))) {
      expect(line).toContain('--no-install-recommends');
      expect(line).toContain('rm -rf /var/lib/apt/lists/*');
    }
  });

  it('ends as a user that is not root, by number', () => {
    const uid = of('ARG')
      .find(line => line.startsWith('ARG AGENT_UID='))
      ?.split('=')[1];
    const user = of('USER')
      .at(-1)
      ?.replaceAll('${AGENT_UID}', uid ?? '');
    expect(user).toMatch(/^USER [1-9]\d{3,}:[1-9]\d{3,}$/);
    expect(of('ADD')).toEqual([]);
  });

  it('starts a program, not a shell line', () => {
    for (const line of [...of('ENTRYPOINT'), ...of('CMD')]) expect(line).toMatch(/^\w+ \[".*"\]$/);
  });
});

it('the builds’ context is what they need and nothing else', () => {
  const rules = readFileSync('.dockerignore', 'utf8').split('\n');
  const patterns = rules.filter(line => line !== '' && !line.startsWith('#'));
  expect(patterns[0]).toBe('*');
  expect(patterns.slice(1).every(line => line.startsWith('!'))).toBe(true);
});
