import {symlinkSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {EVERY_SETTING} from '../../../src/config/every-setting.ts';
import {bareEnvironment, temporaryDirectory} from '../city.ts';
import {ONE_LINE, run} from '../program.ts';
import {GC_K8S, peopleCity} from './gc-k8s.ts';

const offline = (args: readonly string[], settings: Record<string, string> = {}) => {
  const env = {...bareEnvironment(temporaryDirectory()), ...settings};
  return run(args, {env, executable: GC_K8S});
};

describe('gc-k8s', () => {
  it.each([
    [['statsu'], "unknown command 'statsu' (Did you mean status?)", ''],
    [['help', 'statsu'], "unknown command 'statsu' (Did you mean status?)", ''],
    [['help', 'events', 'lst'], "unknown command 'lst' (Did you mean list?)", ' events'],
    [['config', '--nope'], "unknown option '--nope'", ' config'],
    [['stop'], "missing required argument 'session'", ' stop'],
    [['logs', 'a', 'b'], "too many arguments for 'logs'. Expected 1 argument but got 2", ' logs'],
    [
      ['config', '-o', 'xml'],
      "option '-o, --output <format>' argument 'xml' is invalid. Allowed choices are json, yaml",
      ' config',
    ],
  ])('refuses %j in one line that names the way to its help', async (args, words, command) => {
    const {code, stdout, stderr} = await offline(args);
    expect([code, stdout.toString()]).toEqual([1, '']);
    expect(stderr).toMatch(ONE_LINE);
    expect(stderr).toBe(`gc-k8s: ${words}; see gc-k8s${command} --help\n`);
  });

  it('shows the same of a command with help before it as with --help behind it', async () => {
    const [before, behind] = [
      await offline(['help', 'events', 'list']),
      await offline(['events', 'list', '--help']),
    ];
    expect(before.code).toBe(0);
    expect(before.stdout.toString()).toMatch(/^Usage: gc-k8s events list /);
    expect(before.stdout.toString()).toBe(behind.stdout.toString());
  });

  it('says what it can do when called with nothing, with --help and with help', async () => {
    const answers = [await offline([]), await offline(['--help']), await offline(['help'])];
    const [first] = answers;
    expect(first?.stdout.toString()).toMatch(/^Usage: gc-k8s .*\n[^]*Exit codes:\n/);
    for (const {code, stdout, stderr} of answers) {
      expect([code, stderr, stdout.equals(first?.stdout ?? Buffer.of())]).toEqual([0, '', true]);
    }
  });

  it('gives examples under its kubectl name when it is linked as a plugin', async () => {
    const plugin = join(temporaryDirectory(), 'kubectl-gc');
    symlinkSync(GC_K8S, plugin);
    const {stdout} = await run(['stop', '--help'], {
      env: bareEnvironment(temporaryDirectory()),
      executable: plugin,
    });
    expect(stdout.toString()).toMatch(/Usage: kubectl gc stop[^]*\n {2}kubectl gc stop mayor/);
  });
});

describe('config', () => {
  it('has no colours in a pipe, on CI neither, where picocolors would have some', async () => {
    const {stdout} = await offline(['config'], {CI: 'true'});
    expect(stdout.toString()).toMatch(/^SETTING /);
    expect(stdout.toString()).not.toContain('\u001b');
  });

  it('shows value and source of a setting, flags over the environment', async () => {
    const guide = ['NAMESPACE', 'IMAGE', 'CONTEXT', 'DOLT_HOST', 'DOLT_PORT'];
    const sizes = ['CPU_REQUEST', 'MEM_REQUEST', 'CPU_LIMIT', 'MEM_LIMIT'];
    const names = [...guide, ...sizes].map(name => `GC_K8S_${name}`);
    const settings = {
      GC_K8S_NAMESPACE: 'from-env',
      GC_K8S_IMAGE: 'agent:1',
      GC_K8S_CPU_LIMIT: '',
    };
    const flags = ['-n', 'flagged', 'config', '--context', 'there'];
    const {code, stdout} = await offline([...flags, ...names], settings);
    expect(code).toBe(0);
    await expect(stdout.toString()).toMatchFileSnapshot('../../golden/people/config.txt');
  });

  it('lists every setting there is', async () => {
    const {stdout} = await offline(['config']);
    const listed = [...stdout.toString().matchAll(/^GC_K8S_\w+/gm)].map(([name]) => name);
    expect(listed).toEqual(Object.values(EVERY_SETTING).map(({variable}) => variable));
  });

  it('marks what is not valid and fails', async () => {
    const {code, stdout, stderr} = await offline(['config', 'GC_K8S_MEM_LIMIT', '-o', 'json'], {
      GC_K8S_MEM_LIMIT: 'lots',
    });
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/^config .*GC_K8S_MEM_LIMIT=lots .*\n$/),
    ]);
    expect(JSON.parse(stdout.toString())).toMatchObject({
      settings: [{variable: 'GC_K8S_MEM_LIMIT', value: 'lots', source: 'environment'}],
    });
  });

  it('names the line of the file that a value is from', async () => {
    const file = join(temporaryDirectory(), 'city.yaml');
    writeFileSync(file, '# ours\nGC_K8S_IMAGE: agent:1\nGC_K8S_CPU_LIMIT: 4\n');
    const settings = {GC_K8S_CONFIG: file, GC_K8S_CPU_LIMIT: '8'};
    const names = ['GC_K8S_IMAGE', 'GC_K8S_CPU_LIMIT', 'GC_K8S_MEM_LIMIT'];
    const table = (await offline(['config', ...names], settings)).stdout.toString();
    const rows = table.trimEnd().split('\n').slice(1);
    expect(rows.map(row => row.split(/ +/).slice(1))).toEqual([
      ['agent:1', `${file}:2`],
      ['8', 'environment'],
      ['4Gi', 'default'],
    ]);
    writeFileSync(file, 'GC_K8S_MEM_LIMIT: lots\n');
    const {code, stderr} = await offline(['config'], settings);
    expect([code, stderr]).toEqual([1, expect.stringMatching(`^config: ${file}:1: .*=lots .*\n$`)]);
  });

  it('masks what is secret', async () => {
    const {stdout} = await offline(['config'], {
      GC_K8S_AFFINITY: '{"apiToken":"planted-secret"}',
      GC_K8S_MCP_MAIL_HOST: 'https://user:planted-secret@mail',
    });
    expect(stdout.toString()).toContain('{"apiToken":"***"}');
    expect(stdout.toString()).not.toContain('planted-secret');
  });
});

it('stop deletes the pods it names, and says which sessions have none', async () => {
  const city = await peopleCity();
  await city.session('mayor');
  await city.session('deacon');
  const {code, stdout, stderr} = await city.gc('stop mayor nobody');
  expect([code, stdout.toString()]).toEqual([1, 'session "mayor" stopped, pod mayor deleted\n']);
  expect(stderr).toMatch(/^stop mayor: there is no pod of "nobody" in namespace "default"; .*\n$/);
  expect(city.pods().map(({metadata}) => metadata.name)).toEqual(['deacon']);
});

it('attach wants a terminal', async () => {
  const city = await peopleCity();
  await city.session('mayor');
  const {code, stderr} = await city.gc('attach mayor');
  expect([code, stderr]).toEqual([1, expect.stringMatching(/needs a terminal/)]);
});
