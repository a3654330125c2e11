import {afterAll, beforeAll, expect, it} from 'vitest';
import {openPlayground, succeeded, type Playground} from '../kit/playground.ts';
import {BUILD_MS, built, DEFAULT_AGENT, describeImages, PLAIN_AGENT} from './images.ts';
import {enforceRestricted} from './namespace.ts';

describeImages('the agents’ image with the command lines of the default', () => {
  let ground: Playground;
  let env: Record<string, string> = {};
  beforeAll(async () => {
    const image = await built(DEFAULT_AGENT);
    ground = await openPlayground('images-clis');
    await enforceRestricted(ground);
    env = {
      GC_K8S_IMAGE: image,
      GC_K8S_IMAGE_PULL_POLICY: 'Never',
      GC_K8S_POD_SECURITY: 'restricted',
    };
    await ground.start('a', {command: 'bash'}, {env});
  }, BUILD_MS);
  afterAll(() => ground.close());

  const exec = async (command: string) =>
    succeeded(await ground.gc(['exec', 'a'], {stdin: command, env})).stdout;

  it('has Claude Code and Node, and no other', async () => {
    expect(await exec('claude --version')).toMatch(/^\d+\.\d+\.\d+ \(Claude Code\)\n$/);
    expect(await exec('node --version; command -v npm codex gemini; echo end')).toMatch(
      /^v24\.\d+\.\d+\nend\n$/,
    );
  });

  it('draws Claude Code in the terminal', async () => {
    succeeded(await ground.gc(['nudge', 'a'], {stdin: 'clear; claude', env}));
    // A cluster without a way to the internet is told so, by the program itself.
    await ground.screen('a', text => /Welcome to Claude|Anthropic|theme|login/i.test(text));
  });

  it('is smaller than 1 GB', async () => {
    expect(Number(await exec('du -sxm / 2>/dev/null | cut -f 1'))).toBeLessThan(1000);
  });
});

describeImages('a build of the agents’ image', () => {
  it('names what is missing in its context', {timeout: BUILD_MS}, async () => {
    const broken = {...PLAIN_AGENT, name: 'gc-agent:broken-test', without: ['bd']};
    await expect(built(broken)).rejects.toThrow(
      /Dockerfile\.agent: bd is not in the build context/,
    );
  });

  it('names an agent that it does not know', {timeout: BUILD_MS}, async () => {
    const unknown = {...PLAIN_AGENT, name: 'gc-agent:unknown-test', args: ['AGENTS=goose']};
    await expect(built(unknown)).rejects.toThrow(
      /AGENTS names goose; choose of: claude codex gemini none/,
    );
  });
});
