import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join, resolve} from 'node:path';
import {afterAll, describe, expect, it} from 'vitest';
import {withConfigFile} from '../../src/config/config-file.ts';
import {podSettings} from '../../src/config/pod-settings.ts';
import {runSettings} from '../../src/config/run-settings.ts';
import {SettingsError} from '../../src/errors.ts';
import {readTemplate} from '../../src/pod/template.ts';

const directory = mkdtempSync(join(tmpdir(), 'gc-config-'));
afterAll(() => rmSync(directory, {recursive: true, force: true}));
const path = join(directory, 'gc.yaml');

async function settings(text: string, env: Record<string, string> = {}) {
  writeFileSync(path, text);
  const whole = await withConfigFile({...env, GC_K8S_CONFIG: path});
  return {...podSettings(whole), ...runSettings(whole)};
}

/** What is said of the file, without its path; one line. */
async function refusal(text: string): Promise<string> {
  const error: unknown = await settings(text).then(
    () => new Error('it was taken'),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(SettingsError);
  const {message} = error as Error;
  expect(message).toContain(path);
  expect(message).not.toContain('\n');
  return message.replace(path, 'FILE');
}

describe('a file of settings', () => {
  it.each([
    ['a text', 'GC_K8S_IMAGE: agent:2', {image: 'agent:2'}],
    ['a number', 'GC_K8S_RUN_AS_USER: 1000', {runAsUser: 1000}],
    ['a truth', 'GC_K8S_PREBAKED: true', {prebaked: true}],
    ['a mapping', 'GC_K8S_NODE_SELECTOR:\n  disk: ssd', {nodeSelector: {disk: 'ssd'}}],
    ['a list', 'GC_K8S_TOLERATIONS:\n- key: a', {tolerations: [{key: 'a'}]}],
    ['names', 'GC_K8S_IMAGE_PULL_SECRETS: [a, {name: b}]', {imagePullSecrets: ['a', 'b']}],
    ['the form of the variable', `GC_K8S_AFFINITY: '{"a":{}}'`, {affinity: {a: {}}}],
    ['what looks like a date', 'GC_K8S_IMAGE: 2026-11-21', {image: '2026-11-21'}],
    ['a setting of runs', 'GC_K8S_TIMEOUT: 90m', {timeout: 5400}],
  ])('gives %s', async (_, text, expected) => {
    expect(await settings(text)).toMatchObject(expected);
  });

  it.each([
    ['the default', '', {}, '2'],
    ['the file', 'GC_K8S_CPU_LIMIT: 4', {}, '4'],
    ['the environment', 'GC_K8S_CPU_LIMIT: 4', {GC_K8S_CPU_LIMIT: '8'}, '8'],
    ['the file: empty is unset', 'GC_K8S_CPU_LIMIT: 4', {GC_K8S_CPU_LIMIT: ''}, '4'],
    ['the default: no value', 'GC_K8S_CPU_LIMIT:', {}, '2'],
  ])('comes in its place: %s', async (_, text, env, limit) => {
    expect((await settings(text, env)).cpuLimit.text).toBe(limit);
  });

  it('is not read unless it is named', async () => {
    const env = {GC_K8S_CONFIG: '', GC_K8S_IMAGE: 'a'};
    expect(await withConfigFile(env)).toBe(env);
  });

  it('may hold the pod template, or its path from where the file is', async () => {
    const {podTemplate = ''} = await settings('GC_K8S_POD_TEMPLATE:\n  spec: {hostname: x}');
    expect(await readTemplate(podTemplate)).toEqual({spec: {hostname: 'x'}});
    const named = await settings('GC_K8S_POD_TEMPLATE: pod.yaml');
    expect(named.podTemplate).toBe(join(directory, 'pod.yaml'));
  });

  it.each([
    [
      'GC_K8S_CPU_LIMIT: 4\nGC_K8S_AFFINITY:\n  a: b\n c: d',
      /=FILE is not YAML: line 4, col.*: bad/,
    ],
    ['GC_K8S_IMAGE: a\nGC_K8S_IMAGE: b', /=FILE is not YAML: line 2, column 1: duplicated/],
    ['- GC_K8S_IMAGE', /=FILE holds no settings; it needs lines such as/],
    ['# first\n\nGC_K8S_RUN_AS_USER: root', /^FILE:3: GC_K8S_RUN_AS_USER=root is not valid/],
    ['GC_K8S_NODE_SELECTOR: [a]', /^FILE:1: GC_K8S_NODE_SELECTOR=\["a"\] is not valid/],
    ['GC_K8S_IMAGE_PULL_SECRETS: [{no: name}]', /^FILE:1: GC_K8S_IMAGE_PULL_SECRETS=.* a name$/],
    ['GC_K8S_IMAGE: a\n"GC_K8S_NAMESPACE": b', /^FILE:2: GC_K8S_NAMESPACE is no setting of pods/],
    ['GC_K8S_IMAGES: a', /^FILE:1: GC_K8S_IMAGES is no setting/],
  ])('is refused by its name and line: %j', async (text, words) => {
    expect(await refusal(text)).toMatch(words);
  });

  it('is refused when it is not there, or no file', async () => {
    await expect(withConfigFile({GC_K8S_CONFIG: '/no/such'})).rejects.toThrow(/=\/no\/such cannot/);
    await expect(withConfigFile({GC_K8S_CONFIG: directory})).rejects.toThrow(/EISDIR/);
  });

  it('has an example that can be used as it is', async () => {
    const env = await withConfigFile({GC_K8S_CONFIG: resolve('contrib/gc-k8s.example.yaml')});
    expect(podSettings(env).image).toMatch(/gc-agent/);
    expect(runSettings(env).retention).toBe('keep-failed');
    expect(await readTemplate(podSettings(env).podTemplate ?? '')).toHaveProperty('spec.volumes');
  });
});
