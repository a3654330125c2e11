import {describe, expect, it} from 'vitest';
import {allSettings, setting, SETTINGS, type SettingName} from '../../src/config/settings.ts';
import {SettingsError} from '../../src/errors.ts';
import {failureOf} from '../kit/failing.ts';

const NAMES = Object.keys(SETTINGS) as SettingName[];

/** What the protocol promises for an unset variable; settings that are not here have no default. */
const DEFAULTS: Partial<Record<SettingName, unknown>> = {
  namespace: 'gc',
  cpuRequest: {text: '500m', value: 0.5},
  memoryRequest: {text: '1Gi', value: 2 ** 30},
  cpuLimit: {text: '2', value: 2},
  memoryLimit: {text: '4Gi', value: 4 * 2 ** 30},
  doltPort: '3307',
  prebaked: false,
  podSecurity: 'baseline',
  workspaceRoot: '/workspace',
  warmRelaunch: false,
  imageHasTooling: false,
  stageLimit: {text: '2Gi', value: 2 * 2 ** 30},
  mailPort: '8765',
  logLevel: 'silent',
  eventsKeep: 20_000,
  eventsMaxAge: 604_800_000,
};

describe('a setting', () => {
  it.each(NAMES)('%s has its default when unset, and when empty', name => {
    expect(setting({}, name)).toEqual(DEFAULTS[name]);
    expect(setting({[SETTINGS[name].variable]: ''}, name)).toEqual(DEFAULTS[name]);
  });

  it.each(NAMES)('%s says what it means', name => {
    expect(SETTINGS[name].meaning).toMatch(/\S/);
    expect(SETTINGS[name].variable).toMatch(/^GC_K8S_[A-Z0-9_]+$/);
  });

  it.each([
    ['namespace', 'city-2', 'city-2'],
    ['context', 'arn:aws:eks:x', 'arn:aws:eks:x'],
    ['image', 'registry:5000/a@sha256:x', 'registry:5000/a@sha256:x'],
    ['cpuRequest', '250m', {text: '250m', value: 0.25}],
    ['prebaked', 'true', true],
    ['nodeSelector', '{"disk":"ssd"}', {disk: 'ssd'}],
    ['tolerations', '[{"key":"a"}]', [{key: 'a'}]],
    ['imagePullPolicy', 'Never', 'Never'],
    ['imagePullSecrets', 'one, two', ['one', 'two']],
    ['podSecurity', 'restricted', 'restricted'],
    ['runAsUser', '1000', 1000],
  ] as const)('%s takes %j', (name, text, value) => {
    expect(setting({[SETTINGS[name].variable]: text}, name)).toEqual(value);
  });

  it.each([
    ['namespace', 'Bad_One'],
    ['cpuRequest', 'half'],
    ['memoryRequest', '1gb'],
    ['cpuLimit', '-2'],
    ['memoryLimit', 'lots'],
    ['doltPort', 'mysql'],
    ['prebaked', 'maybe'],
    ['nodeSelector', '[1]'],
    ['tolerations', '{"key":"a"}'],
    ['affinity', '"near"'],
    ['imagePullPolicy', 'always'],
    ['podSecurity', 'privileged'],
    ['runAsUser', 'agent'],
    ['workspaceRoot', 'data'],
    ['warmRelaunch', 'on'],
    ['imageHasTooling', 'y'],
    ['stageLimit', 'all'],
    ['mailPort', '99999'],
    ['eventsKeep', '-1'],
    ['eventsMaxAge', '7 days'],
    ['logLevel', 'loud'],
  ] as const)('%s refuses %j by name, alone and among all settings', (name, text) => {
    const env = {[SETTINGS[name].variable]: text};
    const message = failureOf(SettingsError, () => setting(env, name));
    expect(message).toContain(`${SETTINGS[name].variable}=${text}`);
    expect(failureOf(SettingsError, () => allSettings(env))).toBe(message);
  });

  it('has a variable of its own', () => {
    const variables = NAMES.map(name => SETTINGS[name].variable);
    expect(new Set(variables).size).toBe(variables.length);
  });
});

describe('allSettings', () => {
  it('gives every setting', () => {
    expect(allSettings({})).toEqual(Object.fromEntries(NAMES.map(name => [name, DEFAULTS[name]])));
  });

  it.each([
    [{GC_K8S_CPU_REQUEST: '3'}, 'GC_K8S_CPU_REQUEST=3', 'GC_K8S_CPU_LIMIT=2'],
    [{GC_K8S_CPU_LIMIT: '499m'}, 'GC_K8S_CPU_REQUEST=500m', 'GC_K8S_CPU_LIMIT=499m'],
    [{GC_K8S_MEM_REQUEST: '4097Mi'}, 'GC_K8S_MEM_REQUEST=4097Mi', 'GC_K8S_MEM_LIMIT=4Gi'],
    [{GC_K8S_MEM_LIMIT: '1G'}, 'GC_K8S_MEM_REQUEST=1Gi', 'GC_K8S_MEM_LIMIT=1G'],
  ])('refuses a request over its limit: %j', (env, request, limit) => {
    const message = failureOf(SettingsError, () => allSettings(env));
    expect(message).toContain(request);
    expect(message).toContain(limit);
  });

  it('takes a request that equals its limit, however the two are written', () => {
    const env = {GC_K8S_CPU_REQUEST: '2000m', GC_K8S_MEM_REQUEST: '4096Mi'};
    expect(allSettings(env).cpuRequest.text).toBe('2000m');
  });
});
