import {mkdtempSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {commands} from '../../../src/people/commands.ts';
import {accountKubeconfig} from '../kit/account.ts';
import {create, shippedManifests} from '../kit/manifests.ts';
import {openPlayground, succeeded, type Playground} from '../kit/playground.ts';
import {until} from '../kit/poll.ts';
import {openTerminal} from '../kit/terminal.ts';
import {beforeNextTry} from '../kit/tries.ts';
import {ended, GC_K8S, gcK8s} from '../run/kit.ts';

const SECRET = 'planted-secret-value';
/** In what gc gives an agent, under a secret's name, and in what the agent does with it. */
const REQUEST = {
  command: 'test -n "$CITY_TOKEN" && echo up && cat',
  env: {
    CITY_TOKEN: SECRET,
    DATABASE_URL: `mysql://city:${SECRET}@dolt:3307/city`,
    OPTIONS: `--key ${SECRET}`,
    GC_ALIAS: 'mayor',
  },
  session_setup: ['echo "$CITY_TOKEN" >/dev/null'],
  nudge: 'say hello',
};
const LOSES = 'echo "Error: the key is $CITY_TOKEN"; exit 3';

/** Every command of gc-k8s but attach and demo, which want a terminal and a minute. */
const LINES: Readonly<Record<string, readonly string[]>> = {
  status: ['status', 'status -o wide', 'status -o json', 'status mayor -o yaml', 'status gone'],
  logs: ['logs mayor', 'logs mayor --errors', 'logs gone', 'logs gone --errors'],
  artifacts: ['artifacts mayor', 'artifacts mayor DIRECTORY', 'artifacts gone'],
  events: ['events list --json', 'events stats', 'events prune --keep 1 --dry-run'],
  metrics: ['metrics'],
  manifest: ['manifest mayor REQUEST'],
  config: ['config', 'config -o json'],
  doctor: ['doctor --no-dolt', 'doctor --no-dolt -o json'],
  completion: ['completion bash', 'complete -- stop '],
  prune: ['prune --dry-run', 'prune'],
  cancel: ['cancel loser'],
  stop: ['stop mayor'],
};

describe('a secret that an agent is given', () => {
  let ground: Playground;
  let token: string;
  let env: Record<string, string>;
  const said: string[] = [];
  const secrets = () => [SECRET, token];
  beforeAll(async () => {
    ground = await openPlayground('secrets');
    const {namespace, directory} = ground;
    for (const manifest of shippedManifests('rbac.yaml', namespace)) await create(ground, manifest);
    await create(ground, {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata: {name: 'operates', namespace},
      roleRef: {apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'gc-operator'},
      subjects: [{kind: 'ServiceAccount', name: 'gc-controller', namespace}],
    });
    const KUBECONFIG = await accountKubeconfig(ground, 'gc-controller');
    const config = JSON.parse(readFileSync(KUBECONFIG, 'utf8')) as {
      users: {user: {token: string}}[];
    };
    token = config.users[0]?.user.token ?? '';
    expect(token.length).toBeGreaterThan(100);
    // A person's own environment has secrets, too, and the log is at its fullest.
    const GC_K8S_LOG_FILE = join(directory, 'log');
    env = {KUBECONFIG, CITY_TOKEN: SECRET, GC_K8S_LOG_LEVEL: 'debug', GC_K8S_LOG_FILE};
    env.GC_K8S_RESULT_EVENTS = 'true';
  });
  afterAll(() => ground.close());

  const heard = <T extends {stdout: string; stderr: string}>(ran: T): T => {
    said.push(ran.stdout, ran.stderr);
    return ran;
  };
  const clean = (what: string, text: string) => {
    for (const secret of secrets()) expect(text.includes(secret), `${what} holds it`).toBe(false);
  };

  it('is in no start’s words, not even an agent’s last', async () => {
    heard(await ground.start('mayor', REQUEST, {env}));
    const setup = ['echo "$CITY_TOKEN"; exit 1'];
    const request = {...REQUEST, command: LOSES, session_setup: setup, pre_start: setup};
    const died = heard(await ground.gc(['start', 'died'], {stdin: JSON.stringify(request), env}));
    expect([died.code, died.stderr]).toEqual([
      1,
      expect.stringContaining('[a line with a secret]'),
    ]);
    expect(died.stderr).toContain('warning: pre_start');
    heard(await ground.start('loser', {...REQUEST, command: 'cat', lifecycle: 'one_shot'}, {env}));
    heard(await ground.start('gone', {...REQUEST, command: LOSES, lifecycle: 'one_shot'}, {env}));
    await ended(ground, 'gone');
    heard(succeeded(await ground.gc(['stop', 'gone'], {env})));
    await ground.gone('gone');
  });

  it('is in no process’s arguments and no open file of its pod', async () => {
    const look = `cat /proc/[0-9]*/cmdline | tr '\\0' ' '; cd /run/gc && cat status.json context/*`;
    const {stdout} = await ground.shell('mayor', look);
    expect(stdout).toContain('supervisor');
    clean('the pod', stdout);
    const {stdout: files} = await ground.shell(
      'mayor',
      `grep -rlF ${SECRET} /run/gc | xargs stat -c '%a %n'`,
    );
    expect(files.trim().split('\n').toSorted()).toEqual(['600 /run/gc/env', '600 /run/gc/secrets']);
  });

  it('is in nothing that any command prints', async () => {
    // It stops these two.
    beforeNextTry(async () => {
      for (const session of ['mayor', 'loser']) await ground.gc(['stop', session]);
      await ground.start('mayor', REQUEST, {env});
      await ground.start('loser', {...REQUEST, command: 'cat', lifecycle: 'one_shot'}, {env});
    });
    const others = ['attach', 'demo'];
    expect(Object.keys(LINES).concat(others).toSorted()).toEqual(
      commands.map(({name}) => name).toSorted(),
    );
    const request = join(ground.directory, 'start.json');
    writeFileSync(request, JSON.stringify(REQUEST));
    const terminal = await openTerminal({...ground, executable: GC_K8S}, 'mayor', {env});
    await until('attached', () => terminal.shown().includes('up'));
    terminal.type('\u0002d');
    await terminal.ended;
    said.push(terminal.shown());
    for (const line of Object.values(LINES).flat()) {
      const words = line.split(' ').map(word => {
        if (word === 'REQUEST') return request;
        return word === 'DIRECTORY' ? mkdtempSync(join(ground.directory, 'artifacts-')) : word;
      });
      const {code, stderr} = heard(await gcK8s(ground, words, env));
      expect([line, code, stderr.includes('internal error')]).toEqual([line, 0, false]);
    }
    clean('an output', said.join('\n'));
    expect(said.join('\n')).toContain('[a line with a secret]');
  });

  it('is in no log, object, record, annotation or event', async () => {
    const log = readFileSync(join(ground.directory, 'log'), 'utf8');
    expect(log).toMatch(/"agent\.started"[^]*"operation\.finished"/);
    clean('the log', log);
    for (const kind of ['pods', 'configmaps', 'events']) {
      const {text} = await ground.api.call('GET', `/${kind}`);
      expect(text).toContain('"items":[{');
      clean(kind, text);
    }
    const {text: records} = await ground.api.call(
      'GET',
      '/configmaps?labelSelector=gc/component%3Dsession-result',
    );
    expect(records).toContain('its last output: [a line with a secret]');
  });
});
