import {load} from 'js-yaml';
import {describe, expect, it} from 'vitest';
import {exchanges, podUntil} from '../city.ts';
import {begin} from '../program.ts';
import {stringAt} from '../../../dev-cluster/json.ts';
import {openScreen} from '../../kit/tmux-screen.ts';
import {GC_K8S, peopleCity, type PeopleCity} from './gc-k8s.ts';

/** A city with an agent of each kind that a kubelet can make. */
async function busyCity(): Promise<PeopleCity> {
  const city = await peopleCity();
  for (const name of ['mayor', 'deacon', 'exit-3']) await city.session(name);
  city.dev.pod('exit-3').end({exitCode: 3});
  await city.session('no-image', {'gc-k8s/start': 'x'});
  city.dev.pod('no-image').wait('ImagePullBackOff', 'Back-off pulling image "agent:1"');
  city.dev.clearRequests();
  return city;
}

const sessions = (stdout: Buffer) =>
  stdout
    .toString()
    .trim()
    .split('\n')
    .slice(1)
    .map(line => line.split(/\s+/).slice(0, 2).join(' '));

interface Listed {
  readonly version: number;
  readonly sessions: readonly {session: string; state: string; lastActivity?: string}[];
}

describe('status', () => {
  it('reads 250 agents by one list call and nothing else', async () => {
    const city = await peopleCity();
    const made = await city.session('mayor');
    for (let at = 0; at < 249; at++) {
      const name = `agent-${at}`;
      const {labels, annotations} = made.metadata;
      const metadata = {
        ...made.metadata,
        name,
        uid: name,
        labels: {...labels, 'gc-session': name},
        annotations: {...annotations, 'gc-session-name': name},
      };
      city.dev.store.put('pods', {...made, metadata});
    }
    const {code, stdout, stderr} = await city.gc('status');
    expect([code, stderr]).toEqual([0, '']);
    expect(sessions(stdout)).toHaveLength(250);
    expect(exchanges(city)).toEqual(['list pods']);
  });

  it('leaves out the running ones with --not-running', async () => {
    const city = await busyCity();
    expect(sessions((await city.gc('status')).stdout)).toHaveLength(4);
    const {stdout} = await city.gc('status --not-running');
    expect(sessions(stdout)).toEqual(['exit-3 failed', 'no-image created']);
  });

  it('speaks JSON and YAML, the same in both', async () => {
    const city = await busyCity();
    const [json, yaml, alias] = await Promise.all([
      city.gc('status -o json'),
      city.gc('status -o yaml'),
      city.gc('status --json'),
    ]);
    const listed = JSON.parse(json.stdout.toString()) as Listed;
    expect(listed.version).toBe(1);
    expect(listed.sessions.map(({session}) => session)).toEqual([
      'deacon',
      'exit-3',
      'mayor',
      'no-image',
    ]);
    const facts = ({sessions}: Listed) => sessions.map(({session, state}) => [session, state]);
    expect(facts(JSON.parse(alias.stdout.toString()) as Listed)).toEqual(facts(listed));
    expect(facts(load(yaml.stdout.toString()) as Listed)).toEqual(facts(listed));
  });

  it('asks the terminal of a named session for its last activity', async () => {
    const city = await busyCity();
    const {stdout} = await city.gc('status mayor exit-3 -o json');
    const listed = JSON.parse(stdout.toString()) as Listed;
    expect(listed.sessions.map(({session}) => session)).toEqual(['exit-3', 'mayor']);
    expect(listed.sessions[1]?.lastActivity).toBe('2023-11-14T22:13:25Z');
    expect(exchanges(city)).toEqual(['list pods', 'get pods/exec']);
  });

  it('fails for a session without a pod, and says so on stderr when there is no agent at all', async () => {
    const city = await peopleCity();
    const one = await city.gc('status mayor');
    expect([one.code, one.stdout.length]).toEqual([1, 0]);
    expect(one.stderr).toMatch(/^status mayor: there is no pod of "mayor" .*\n$/);
    const all = await city.gc('status');
    expect([all.code, all.stdout.length, all.stderr]).toEqual([
      0,
      0,
      'warning: there are no agents in namespace "default"\n',
    ]);
  });

  it('shows each change once when it watches, also when the server forgot the past', async () => {
    const city = await busyCity();
    city.dev.faults.add({
      match: {path: /watch=true/},
      action: {type: 'watch', how: 'gone', afterEvents: 1},
    });
    const watching = begin(['status', '-w'], {env: city.env, executable: GC_K8S});
    await watching.says(/^no-image .*\n/m);
    city.dev.pod('deacon').end({exitCode: 0});
    await watching.says(/^deacon +success .*\n/m);
    city.dev.pod('mayor').end({exitCode: 4});
    await watching.says(/^mayor +failed .*exit code 4\n/m);
    city.dev.pod('mayor').remove();
    const printed = await watching.says(/^mayor +gone .*\n/m);
    watching.interrupt();
    expect((await watching.ended).code).toBe(130);
    expect(printed.match(/^\S+ +\S+/gm)?.map(line => line.replace(/ +/, ' '))).toEqual([
      'SESSION STATE',
      ...['deacon running', 'exit-3 failed', 'mayor running', 'no-image created'],
      ...['deacon success', 'mayor failed', 'mayor gone'],
    ]);
  });
});

it('status prints no secret of an environment', async () => {
  const city = await peopleCity();
  const request = {
    command: 'cat',
    env: {MY_TOKEN: 'planted-secret', ANTHROPIC_API_KEY: 'planted-secret'},
  };
  await city.run('start mayor', {stdin: JSON.stringify(request)});
  await podUntil(city.dev, 'mayor', pod => stringAt(pod, 'status', 'phase') === 'Running');
  for (const args of [
    'status -o json',
    'status -o yaml',
    'status -o wide',
    'status mayor',
    'config',
  ]) {
    const {code, stdout, stderr} = await city.gc(args, {MY_TOKEN: 'planted-secret'});
    expect([args, code]).toEqual([args, 0]);
    expect(`${stdout.toString()}${stderr}`).not.toContain('planted-secret');
  }
});

it('status of several sessions tells of those there are, and then of those that are not', async () => {
  const city = await peopleCity();
  await city.session('mayor');
  const {code, stdout, stderr} = await city.gc('status mayor nosuch');
  expect([code, sessions(stdout)]).toEqual([1, ['mayor running']]);
  expect(stderr).toMatch(/^status mayor: there is no pod of "nosuch" .*\n$/);
  const json = await city.gc('status mayor nosuch -o json');
  const listed = JSON.parse(json.stdout.toString()) as Listed;
  expect([json.code, listed.sessions.map(({session}) => session)]).toEqual([1, ['mayor']]);
});

/** Runs it on a terminal that says it has no size; gives what is on it once this is. */
async function onTerminalWithoutSize(city: PeopleCity, words: string, wanted: RegExp) {
  const command = `stty rows 0 cols 0; exec ${GC_K8S} ${words}`;
  const script = begin(['-qec', command, '/dev/null'], {env: city.env, executable: 'script'});
  let printed = '';
  await new Promise<void>(resolve => {
    script.child.stdout.on('data', piece => {
      printed += String(piece);
      if (wanted.test(printed)) resolve();
    });
    script.child.once('close', () => resolve());
  });
  script.interrupt('SIGTERM');
  await script.ended;
  return printed;
}

it('status is whole on a terminal that says it has no size', async () => {
  const city = await busyCity();
  const wanted = /^no-image .*Back-off pulling image "agent:1"/m;
  expect(await onTerminalWithoutSize(city, 'status', wanted)).toMatch(wanted);
  expect(await onTerminalWithoutSize(city, 'status -w', wanted)).toMatch(wanted);
});

it('a watch of a session that is not there says so, and nothing of the others', async () => {
  const city = await busyCity();
  const screen = openScreen({columns: 100, rows: 30}, `exec ${GC_K8S} status -w later`, city.env);
  expect(await screen.shows(/\S/)).toMatch(/^there is no pod of "later" in namespace "default"$/m);
});
