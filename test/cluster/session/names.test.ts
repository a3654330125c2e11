import {createHash} from 'node:crypto';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {openPlayground, succeeded, type Playground} from '../kit/playground.ts';
import {until} from '../kit/poll.ts';
import {isEmbedded} from '../kit/real-nodes.ts';

describe('names', () => {
  let ground: Playground;
  beforeAll(async () => void (ground = await openPlayground('names')));
  afterAll(() => ground.close());

  const list = async (prefix: string) =>
    succeeded(await ground.gc(['list-running', prefix]))
      .stdout.split('\n')
      .filter(Boolean)
      .sort();

  const long = 'x'.repeat(79);
  const odd = [
    'City/A.b',
    'city_a-b',
    'city/a-b',
    'city-a-b',
    `${long}1`,
    `${long}2`,
    'ü',
    '$(id);',
  ];

  it('come back as they were given, and no two share a pod', async () => {
    await ground.api.call('POST', '/pods', {
      metadata: {name: 'foreign', labels: {app: 'other'}},
      spec: {
        containers: [{name: 'agent', image: ground.env.GC_K8S_IMAGE, command: ['sleep', '99']}],
      },
    });
    await Promise.all(odd.map(session => ground.start(session, {command: `echo "I am"; cat`})));
    expect(await list('')).toEqual([...odd].sort());
    expect(await list('City')).toEqual(['City/A.b']);
    expect(await list('city')).toEqual(['city-a-b', 'city/a-b', 'city_a-b']);
    expect(await list(long)).toEqual([`${long}1`, `${long}2`]);
    const pods = await Promise.all(odd.map(session => ground.podOf(session)));
    expect(new Set(pods.map(pod => pod?.metadata?.uid)).size).toBe(odd.length);
    expect(pods[3]?.metadata?.name).toBe('city-a-b');

    await Promise.all(
      odd.map(async session =>
        succeeded(await ground.gc(['nudge', session], {stdin: `for ${session}`})),
      ),
    );
    for (const session of odd) {
      await ground.screen(session, text => text.replaceAll('\n', '').includes(`for ${session}`));
    }
    succeeded(await ground.gc(['stop', 'city/a-b']));
    expect(await list('city')).toEqual(['city-a-b', 'city_a-b']);
  });

  it('are refused when nothing can have them', async () => {
    for (const name of ['', 'two\nlines', 'x'.repeat(2000)]) {
      const {code, stderr} = await ground.gc(['start', name], {stdin: '{}'});
      expect({code, lines: stderr.trim().split('\n').length}).toEqual({code: 1, lines: 1});
    }
  });
});

/** On the embedded cluster each is processes of this machine, whose cores the tests share. */
const MANY = isEmbedded ? 10 : 20;

describe('many sessions at once', () => {
  let ground: Playground;
  beforeAll(async () => void (ground = await openPlayground('many')));
  afterAll(() => ground.close());

  it('are all alive, each with its own', async () => {
    const sessions = Array.from({length: MANY}, (_, at) => `agent-${at}`);
    await Promise.all(
      sessions.map(session =>
        ground.start(session, {
          command: 'cat',
          env: {GC_AGENT: session},
          pre_start: ['echo $GC_AGENT >mine'],
        }),
      ),
    );
    const {stdout} = succeeded(await ground.gc(['list-running', 'agent-']));
    expect(stdout.trim().split('\n').sort()).toEqual([...sessions].sort());
    const alive = await Promise.all(sessions.map(session => ground.gc(['is-running', session])));
    expect(alive.map(ran => ran.stdout)).toEqual(sessions.map(() => 'true\n'));

    const token = (session: string) =>
      createHash('sha256').update(session).digest('hex').slice(0, 12);
    for (const some of [sessions.slice(0, MANY / 2), sessions.slice(MANY / 2)]) {
      await Promise.all(
        some.map(async session =>
          succeeded(await ground.gc(['nudge', session], {stdin: token(session)})),
        ),
      );
    }
    for (const session of sessions) {
      const screen = await ground.screen(session, text => text.includes(token(session)));
      const others = sessions.filter(other => other !== session);
      expect(others.filter(other => screen.includes(token(other)))).toEqual([]);
    }
    const mine = await Promise.all(
      sessions.map(
        async session => (await ground.gc(['exec', session], {stdin: 'cat mine'})).stdout,
      ),
    );
    expect(mine).toEqual(sessions.map(session => `${session}\n`));

    await Promise.all(sessions.map(async session => succeeded(await ground.gc(['stop', session]))));
    expect(succeeded(await ground.gc(['list-running', ''])).stdout).toBe('');
    await until('all pods are gone', async saw => {
      const pods = await ground.pods();
      return saw(pods.map(({metadata}) => metadata?.name)).length === 0;
    });
  });
});
