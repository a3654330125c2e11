import {describe, expect, it} from 'vitest';
import {
  POD_SETTINGS,
  podSetting,
  podSettings,
  type PodSettingName,
} from '../../src/config/pod-settings.ts';
import {setting, SETTINGS, type SettingName} from '../../src/config/settings.ts';
import {SettingsError} from '../../src/errors.ts';
import {failureOf} from '../kit/failing.ts';

type Name = SettingName | PodSettingName;
const ROWS = {...SETTINGS, ...POD_SETTINGS};
const NAMES = Object.keys(ROWS) as Name[];

const isOfPods = (name: Name): name is PodSettingName => Object.hasOwn(POD_SETTINGS, name);
const valueOf = (env: NodeJS.ProcessEnv, name: Name): unknown =>
  isOfPods(name) ? podSetting(env, name) : setting(env, name);

/** What the protocol promises for an unset variable; settings that are not here have no default. */
const DEFAULTS: Partial<Record<Name, unknown>> = {
  namespace: 'gc',
  cpuRequest: {text: '500m', value: 0.5},
  memoryRequest: {text: '1Gi', value: 2 ** 30},
  cpuLimit: {text: '2', value: 2},
  memoryLimit: {text: '4Gi', value: 4 * 2 ** 30},
  doltPort: '3307',
  readOnly: false,
  prebaked: false,
  podSecurity: 'baseline',
  workspaceRoot: '/workspace',
  warmRelaunch: false,
  imageHasTooling: false,
  stageLimit: {text: '2Gi', value: 2 * 2 ** 30},
  mailPort: '8765',
  logLevel: 'silent',
  tlsSessions: 'keep',
  eventsKeep: 20_000,
  eventsMaxAge: 604_800_000,
};

describe('a setting', () => {
  it.each(NAMES)('%s has its default when unset, and when empty', name => {
    expect(valueOf({}, name)).toEqual(DEFAULTS[name]);
    expect(valueOf({[ROWS[name].variable]: ''}, name)).toEqual(DEFAULTS[name]);
  });

  it.each(NAMES)('%s says what it means', name => {
    expect(ROWS[name].meaning).toMatch(/\S/);
    expect(ROWS[name].variable).toMatch(/^GC_K8S_[A-Z0-9_]+$/);
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
    ['agentKubeconfigSecret', 'city.looks', 'city.looks'],
    ['podSecurity', 'restricted', 'restricted'],
    ['storageLimit', '10Gi', {text: '10Gi', value: 10 * 2 ** 30}],
    ['envFromSecrets', 'one, two.three', ['one', 'two.three']],
    ['readOnly', '1', true],
    ['runAsUser', '1000', 1000],
  ] as const)('%s takes %j', (name, text, value) => {
    expect(valueOf({[ROWS[name].variable]: text}, name)).toEqual(value);
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
    ['agentKubeconfigSecret', 'No/Such'],
    ['podSecurity', 'privileged'],
    ['storageRequest', 'much'],
    ['envFromSecrets', 'One/Two'],
    ['readOnly', 'yes'],
    ['runAsUser', 'agent'],
    ['workspaceRoot', 'data'],
    ['warmRelaunch', 'on'],
    ['imageHasTooling', 'y'],
    ['stageLimit', 'all'],
    ['mailPort', '99999'],
    ['tlsSessions', 'yes'],
    ['eventsKeep', '-1'],
    ['eventsMaxAge', '7 days'],
    ['logLevel', 'loud'],
  ] as const)('%s refuses %j by name, alone and among all of a pod’s', (name, text) => {
    const env = {[ROWS[name].variable]: text};
    const message = failureOf(SettingsError, () => valueOf(env, name));
    expect(message).toContain(`${ROWS[name].variable}=${text}`);
    if (isOfPods(name)) expect(failureOf(SettingsError, () => podSettings(env))).toBe(message);
  });

  it('has a variable of its own', () => {
    const variables = NAMES.map(name => ROWS[name].variable);
    expect(new Set(variables).size).toBe(variables.length);
  });
});

describe('podSettings', () => {
  it('gives every one', () => {
    const names = NAMES.filter(isOfPods);
    expect(podSettings({})).toEqual(Object.fromEntries(names.map(name => [name, DEFAULTS[name]])));
  });

  it.each([
    [{GC_K8S_CPU_REQUEST: '3'}, 'GC_K8S_CPU_REQUEST=3', 'GC_K8S_CPU_LIMIT=2'],
    [{GC_K8S_CPU_LIMIT: '499m'}, 'GC_K8S_CPU_REQUEST=500m', 'GC_K8S_CPU_LIMIT=499m'],
    [{GC_K8S_MEM_REQUEST: '4097Mi'}, 'GC_K8S_MEM_REQUEST=4097Mi', 'GC_K8S_MEM_LIMIT=4Gi'],
    [{GC_K8S_MEM_LIMIT: '1G'}, 'GC_K8S_MEM_REQUEST=1Gi', 'GC_K8S_MEM_LIMIT=1G'],
  ])('refuses a request over its limit: %j', (env, request, limit) => {
    const message = failureOf(SettingsError, () => podSettings(env));
    expect(message).toContain(request);
    expect(message).toContain(limit);
  });

  it('takes a request that equals its limit, however the two are written', () => {
    const env = {GC_K8S_CPU_REQUEST: '2000m', GC_K8S_MEM_REQUEST: '4096Mi'};
    expect(podSettings(env).cpuRequest.text).toBe('2000m');
  });
});
