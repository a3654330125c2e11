import {spawnSync} from 'node:child_process';
import {copyFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {load} from 'js-yaml';
import {describe, expect, it} from 'vitest';
import {bareEnvironment, STARTED, temporaryDirectory} from '../city.ts';
import {ONE_LINE, run} from '../program.ts';
import {GC_K8S, peopleCity} from './gc-k8s.ts';

const START = {
  command: 'claude',
  nudge: 'planted-prompt',
  env: {GC_AGENT: 'demo/mayor', MY_TOKEN: 'planted-secret', ANTHROPIC_API_KEY: 'planted-secret'},
};

describe('manifest', () => {
  const env = {...bareEnvironment('/nonexistent'), GC_K8S_IMAGE: 'agent:1'};

  it('is the pod that start makes, without any cluster, and holds no secret', async () => {
    const file = join(temporaryDirectory(), 'start.json');
    writeFileSync(file, JSON.stringify(START));
    const words = ['manifest', 'City/mayor', file, '-n', 'default'];
    const {code, stdout, stderr} = await run(words, {env, executable: GC_K8S});
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout.toString()).not.toMatch(/planted/);
    const pod = load(stdout.toString()) as {metadata: {annotations: object}; spec: object};

    const city = await peopleCity();
    const stdin = JSON.stringify(START);
    expect((await city.run('start City/mayor', {stdin})).code).toBe(0);
    const [made] = city.pods();
    const annotations = {...pod.metadata.annotations, 'gc-k8s/start': expect.any(String) as string};
    expect(made).toMatchObject({...pod, metadata: {...pod.metadata, annotations}});

    const json = await run([...words.slice(0, 2), '-n', 'default', '-o', 'json'], {
      ...{env, stdin, executable: GC_K8S},
    });
    expect(JSON.parse(json.stdout.toString())).toMatchObject({spec: pod.spec});
  });

  it.each([
    ['{"command":5}', {}, /command/],
    ['{', {}, /JSON/],
    ['{}', {GC_K8S_MEM_LIMIT: 'lots'}, /GC_K8S_MEM_LIMIT=lots/],
    ['{}', {GC_K8S_IMAGE: ''}, /GC_K8S_IMAGE is not set/],
  ])('fails as start does for %s and %j', async (stdin, settings, words) => {
    const {code, stdout, stderr} = await run(['manifest', 'mayor'], {
      env: {...env, ...settings},
      stdin,
      executable: GC_K8S,
    });
    expect([code, stdout.length]).toEqual([1, 0]);
    expect(stderr).toMatch(ONE_LINE);
    expect(stderr).toMatch(words);
  });
});

it('manifest names a file that it cannot read', async () => {
  const {code, stderr} = await run(['manifest', 'mayor', '/nonexistent/start.json'], {
    env: {...bareEnvironment('/nonexistent'), GC_K8S_IMAGE: 'agent:1'},
    executable: GC_K8S,
  });
  expect(code).toBe(1);
  expect(stderr).toMatch(ONE_LINE);
  expect(stderr).toContain('the start JSON cannot be read: ENOENT');
  expect(stderr).toContain('/nonexistent/start.json');
});

describe('completion', () => {
  it.each(['bash', 'zsh', 'fish'])('prints the script of %s', async shell => {
    const {code, stdout} = await run(['completion', shell], {
      env: bareEnvironment('/nonexistent'),
      executable: GC_K8S,
    });
    expect(code).toBe(0);
    await expect(stdout.toString()).toMatchFileSnapshot(`../../golden/people/completion.${shell}`);
    if (shell !== 'bash') return;
    // A shell's start may read it twice, and another program's beside it.
    const twice = Buffer.concat([stdout, stdout]);
    const sourced = spawnSync('bash', ['-s'], {input: twice, encoding: 'utf8'});
    expect([sourced.status, sourced.stderr]).toEqual([0, '']);
  });

  it('offers commands, flags, and the sessions there are', async () => {
    const city = await peopleCity();
    for (const name of ['mayor', 'deacon']) await city.session(name);
    const words = async (line: string[]) => {
      const {stdout} = await run(['complete', '--', ...line], {env: city.env, executable: GC_K8S});
      const lines = stdout.toString().trimEnd().split('\n');
      expect(lines.at(-1)).toMatch(/^:\d+$/);
      return lines.slice(0, -1).map(offer => offer.split('\t')[0]);
    };
    expect(await words(['st'])).toEqual(['status', 'stop']);
    expect(await words(['events', 's'])).toEqual(['stats']);
    expect(await words(['status', '--not'])).toEqual(['--not-running']);
    expect(await words(['logs', 'm'])).toEqual(['mayor']);
    expect(await words(['stop', ''])).toEqual(['deacon', 'mayor']);
    expect(await words(['-n', 'elsewhere', 'stop', ''])).toEqual([]);
    expect(await words(['comp'])).toEqual(['completion']);
    expect(await words(['-n', ''])).toEqual([]);
    expect(await words(['--context', ''])).toEqual(['gc-dev-cluster']);
    expect(await words(['status', '--context', ''])).toEqual(['gc-dev-cluster']);
  });

  it('offers no name that a shell would expand', async () => {
    const city = await peopleCity();
    await city.session('mayor');
    await city.session('evil', {...STARTED, 'gc-session-name': '$(touch gotcha)'});
    const {stdout} = await city.gc('complete -- logs ');
    expect(stdout.toString()).toMatch(/^mayor\t?\n:4\n$/);
  });

  it('offers no session, and says nothing, without a cluster', async () => {
    const {code, stdout, stderr} = await run(['complete', '--', 'stop', ''], {
      env: bareEnvironment(temporaryDirectory()),
      executable: GC_K8S,
    });
    expect([code, stdout.toString(), stderr]).toEqual([0, ':4\n', '']);
  });
});

it('demo says what is missing where the embedded cluster is not', async () => {
  const alone = join(temporaryDirectory(), 'gc-k8s');
  copyFileSync(GC_K8S, alone);
  const {code, stderr} = await run(['demo'], {
    env: bareEnvironment(temporaryDirectory()),
    executable: alone,
  });
  expect([code, stderr]).toEqual([1, expect.stringMatching(/^demo: .* gc-dev-cluster, .*\n$/)]);
});

it('every example of every command is a line that can be read', async () => {
  const {commands} = await import('../../../src/people/commands.ts');
  const {parse} = await import('../../../src/people/parse.ts');
  const all = commands.flatMap(command => [command, ...(command.commands ?? [])]);
  const lines = all.flatMap(({examples = []}) => examples.map(([line]) => line));
  expect(lines.length).toBeGreaterThan(20);
  for (const line of lines) {
    const words = line.split(/ [<>|]/)[0]?.split(' ') ?? [];
    expect(parse(['gc-k8s', ...words]).kind, line).toBe('operation');
  }
});

it('config warns of a variable that is no setting', async () => {
  const {code, stderr} = await run(['config', 'GC_K8S_NAMESPACE'], {
    env: {...bareEnvironment(temporaryDirectory()), GC_K8S_NAMESPCE: 'mine'},
    executable: GC_K8S,
  });
  expect([code, stderr]).toEqual([
    0,
    'warning: GC_K8S_NAMESPCE is no setting, and does nothing; `gc-k8s config` lists those there are\n',
  ]);
});
