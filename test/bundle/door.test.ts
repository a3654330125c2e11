import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {itUnless} from '../kit/unless.ts';
import {bareEnvironment, city, temporaryDirectory} from './city.ts';
import {EXECUTABLE, ONE_LINE, run, summary} from './program.ts';

const {GC_TEST_NODE: OTHER_NODE = ''} = process.env;
const whyNoOtherNode =
  OTHER_NODE === '' ? 'GC_TEST_NODE names no executable of another Node than this' : undefined;

/** HOME is set and empty: there is nothing to read. */
const NOTHING = {PATH: process.env.PATH ?? '', HOME: ''};

const HANDSHAKE = {
  version: 0,
  capabilities: [
    'report-attachment',
    'report-activity',
    'proc.exec',
    'env.workspace',
    'env.identity',
  ],
};

describe('the executable', () => {
  it.each(['no-such-op', 'Start', 'constructor', '__proto__', '-h', ' start'])(
    'answers 2 and prints nothing for the operation %j',
    async operation => {
      const {code, stdout, stderr} = await run([operation, 'mayor'], {env: NOTHING});
      expect([code, stdout.toString()]).toEqual([2, '']);
      expect(stderr).toMatch(ONE_LINE);
    },
  );

  it('fails without an operation, which 2 would hide', async () => {
    const {code, stderr} = await run([], {env: NOTHING});
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^usage: [^\n]+\n$/)]);
  });

  it('shakes hands, helps and tells its version without a cluster', async () => {
    const handshake = await run(['protocol'], {env: NOTHING});
    expect(handshake.stdout.toString()).toBe(`${JSON.stringify(HANDSHAKE)}\n`);
    const help = await run(['--help'], {env: NOTHING});
    expect(help.stdout.toString()).toMatch(/usage: gc-session-k8s <operation>[^]*list-running/);
    const version = await run(['--version'], {env: NOTHING});
    expect(version.stdout.toString()).toMatch(/^gc-session-k8s \d+\.\d+\.\d+\n$/);
    for (const {code, stderr} of [handshake, help, version])
      expect([code, stderr]).toEqual([0, '']);
  });

  it('declares what the settings make true, and nothing else', async () => {
    const env = {
      ...NOTHING,
      GC_K8S_WARM_RELAUNCH: 'true',
      GC_K8S_PREBAKED: 'true',
      GC_K8S_IMAGE_HAS_TOOLING: 'true',
      GC_TRANSCRIPTS_SRC: '/a',
      GC_TRANSCRIPTS_DEST: '/b',
    };
    const {stdout} = await run(['protocol'], {env});
    expect(JSON.parse(stdout.toString())).toEqual({
      version: 0,
      capabilities: [
        'report-attachment',
        'report-activity',
        'proc.exec',
        'proc.provision',
        'env.identity',
        'env.tooling',
        'env.transcripts',
      ],
    });
  });
});

it('the executable logs JSON lines to a file, and prints nothing more', async () => {
  const file = join(temporaryDirectory(), 'logs', 'gc.jsonl');
  const env = {...NOTHING, GC_K8S_LOG_LEVEL: 'debug', GC_K8S_LOG_FILE: file, KUBECONFIG: '/none'};
  const {code, stderr} = await run(['is-running', 'mayor'], {env});
  expect([code, stderr]).toEqual([1, expect.stringMatching(ONE_LINE)]);
  const lines = readFileSync(file, 'utf8').trim().split('\n');
  for (const line of lines)
    expect(JSON.parse(line)).toMatchObject({event: expect.any(String) as string});
});

/** A directory that is not ours with the executable in it, by `put`. */
function elsewhere(put: (target: string) => void, name = 'gc-session-k8s') {
  const directory = temporaryDirectory();
  const executable = join(directory, name);
  put(executable);
  return {directory, executable};
}

const copy = (target: string): void => {
  copyFileSync(EXECUTABLE, target);
  chmodSync(target, 0o755);
};

describe('the executable runs', () => {
  it('through a symlink, and from a copy that stands alone', async () => {
    for (const put of [copy, (target: string) => symlinkSync(EXECUTABLE, target)]) {
      const {directory, executable} = elsewhere(put, 'renamed');
      const {code, stdout} = await run(['protocol'], {env: NOTHING, executable, cwd: directory});
      expect([code, JSON.parse(stdout.toString())]).toEqual([0, HANDSHAKE]);
      expect(readdirSync(directory)).toEqual(['renamed']);
    }
  });

  it.each(['module', 'commonjs'])('below a package.json with "type": "%s"', async type => {
    const own = await city();
    await own.session('mayor');
    const {directory, executable} = elsewhere(copy);
    writeFileSync(join(directory, 'package.json'), JSON.stringify({type}));
    expect(summary(await own.run('is-running mayor', {executable}))).toBe('0 true\n');
    expect(summary(await own.run('list-running', {executable}))).toBe('0 mayor\n');
    expect(summary(await own.run('peek mayor', {executable}))).toBe('0 a screen\n');
  });

  it('with nothing but node on the PATH', async () => {
    const own = await city();
    await own.session('mayor');
    const bin = join(own.home, 'bin');
    mkdirSync(bin);
    symlinkSync(process.execPath, join(bin, 'node'));
    const settings = {PATH: bin};
    expect(summary(await own.run('peek mayor', {settings}))).toBe('0 a screen\n');
    expect(summary(await own.run('start other', {settings}))).toBe('0 ');
  });

  itUnless(whyNoOtherNode, 'with another Node', async () => {
    const own = await city();
    const node = OTHER_NODE;
    expect((await run(['protocol'], {env: NOTHING, node})).stdout.toString()).toContain(
      '"version":0',
    );
    expect(summary(await own.run('start mayor', {node}))).toBe('0 ');
    expect(summary(await own.run('is-running mayor', {node}))).toBe('0 true\n');
    expect(summary(await own.run('nudge mayor', {node, stdin: 'hi'}))).toBe('0 ');
    expect(own.pod.typed).toEqual(['hi']);
    expect(summary(await own.run('stop mayor', {node}))).toBe('0 ');
  });

  it('without a kubeconfig to one line that names it', async () => {
    const home = temporaryDirectory();
    const {code, stderr} = await run(['is-running', 'mayor'], {env: bareEnvironment(home)});
    expect([code, stderr]).toEqual([1, expect.stringMatching(ONE_LINE)]);
    expect(stderr).toMatch(/kubeconfig/i);
  });
});
