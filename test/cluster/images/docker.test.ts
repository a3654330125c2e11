import {execFileSync, spawnSync} from 'node:child_process';
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, expect, it} from 'vitest';
import {describeUnless} from '../../kit/unless.ts';
import {BUILD_MS, fillContext} from './images.ts';

const NAME = 'gc-agent:docker-test';
const {status, error, stderr} = spawnSync('docker', ['version'], {encoding: 'utf8'});
const because = error?.message ?? stderr.trim().split('\n').at(-1) ?? '';
const whyNoDocker = status === 0 ? undefined : `no Docker engine answers: ${because}`;

describeUnless(whyNoDocker, 'the agents’ image on a Docker engine', () => {
  const context = mkdtempSync(join(tmpdir(), 'gc-docker-'));
  afterAll(() => {
    rmSync(context, {recursive: true});
    execFileSync('docker', ['image', 'rm', '--force', NAME]);
  });

  it('is built, and runs words and a line of shell', {timeout: BUILD_MS}, () => {
    fillContext(context);
    const docker = (...args: string[]) =>
      execFileSync('docker', args, {cwd: context, encoding: 'utf8'}).replaceAll('\r', '');
    docker('build', '-f', 'Dockerfile.agent', '--build-arg', 'AGENTS=none', '-t', NAME, '.');
    expect(docker('run', '--rm', NAME, 'id', '-u')).toBe('1000\n');
    const line = 'AGENT_COMMAND=pwd; tmux -V';
    expect(docker('run', '--rm', '-e', line, NAME)).toMatch(/^\/workspace\ntmux \d/);
  });
});
