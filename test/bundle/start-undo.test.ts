import {describe, expect, it} from 'vitest';
import type {FaultAction} from '../../dev-cluster/faults.ts';
import {city} from './city.ts';
import {ONE_LINE, summary} from './program.ts';
import {EXCHANGES, nothingIsLeft, until} from './start-exchanges.ts';

const REFUSED: FaultAction = {
  type: 'status',
  code: 403,
  reason: 'Forbidden',
  message: 'not for you',
};

describe('a start that fails', () => {
  it('tells what the agent said whole, in whatever pieces it came', async () => {
    const own = await city();
    const said = Buffer.from('exit code 1\n✗ não\n');
    own.pod.launched = async call => {
      for (const byte of said) await call.stdout(Buffer.from([byte]));
      return 92;
    };
    const {stderr} = await own.run('start mayor', {stdin: '{}'});
    expect(stderr).toContain('its last output: ✗ não;');
  });

  it('because its files cannot be unpacked lets the pod say so: it closes stdin', async () => {
    const own = await city();
    own.pod.launched = async call => {
      await call.stderr('the image has no head\n');
      await call.stdout('refused\n');
      // As a real server, it tells the end only of a command whose stdin is read.
      for await (const piece of call.stdin) expect(piece.length).toBe(0);
      return 2;
    };
    const {code, stderr} = await own.run('start mayor', {stdin: '{}'});
    expect(code).toBe(1);
    expect(stderr).toMatch(ONE_LINE);
    expect(stderr).toContain('unpacked in the pod (exit code 2): the image has no head;');
    nothingIsLeft(own);
  });

  it.each([
    ['container is out of memory', 'unpacked', 137, 'the pod ended: OOMKilled, exit code 137'],
    ['launcher is killed', 'unpacked', 137, 'ended before the session was up (exit code 137)'],
    [
      'launcher is killed, and with it the pod',
      'unpacked',
      137,
      '(exit code 137): sad; the pod ended: Error',
    ],
    ['shell fails', 'unpacked', 2, 'ended before the session was up (exit code 2): sad'],
    ['files took all memory', 'up', 137, 'the pod ended: OOMKilled, exit code 137'],
    ['files do not fit', 'up', 2, 'could not be unpacked in the pod (exit code 2): sad'],
  ])('whose %s tells what happened', async (...[, said, exitCode, words]) => {
    const own = await city();
    own.pod.launched = async call => {
      await call.stdout(`${said}\n`);
      await call.stderr('sad\n');
      const reason = words.includes('OOM') ? 'OOMKilled' : 'Error';
      const end = () => own.dev.pod('mayor').end({exitCode, reason});
      // The kubelet looks at its containers once a second.
      if (words.includes('the pod ended')) setTimeout(end, 800);
      return exitCode;
    };
    const {code, stderr} = await own.run('start mayor', {stdin: '{}'});
    expect([code, stderr]).toEqual([1, expect.stringMatching(ONE_LINE)]);
    expect(stderr).toContain(words);
    expect(stderr.includes('unpacked')).toBe(words.includes('unpacked'));
    expect(own.pods()).toEqual([]);
  });

  it('at its deletion too says that the pod ends by itself', async () => {
    const own = await city();
    own.dev.faults.add({match: {method: 'DELETE', times: 99}, action: REFUSED});
    own.pod.launched = async call => {
      await call.stderr('no space left\n');
      return 91;
    };
    const {code, stderr} = await own.run('start mayor');
    expect([code, stderr]).toEqual([1, expect.stringMatching(ONE_LINE)]);
    expect(stderr).toMatch(
      /no space left; its pod mayor could not be deleted and will end by itself: .*not for you/,
    );
  });
});

describe.each(['start', 'provision'])('a %s that fails', operation => {
  it.each(EXCHANGES)('for good at its %s deletes its pod and tells why', async (name, match) => {
    const own = await city();
    own.dev.faults.add({match: {...match, times: 99}, action: REFUSED});
    const {code, stdout, stderr} = await own.run(`${operation} mayor`);
    expect([code, stdout.toString()]).toEqual([1, '']);
    expect(stderr).toMatch(ONE_LINE);
    expect(stderr).toContain('not for you');
    expect(stderr).not.toMatch(/already exists/i);
    nothingIsLeft(own);
    const deleted = own.dev.requests.filter(({method}) => method === 'DELETE');
    expect(deleted.map(each => each.name)).toEqual(name === 'create' ? [] : ['mayor']);
  });

  it('because its exec was cut deletes its pod and tells so', async () => {
    for (const how of ['cut', 'close'] as const) {
      const own = await city();
      const action = {type: 'exec', how, afterBytes: 5} as const;
      own.dev.faults.add({match: {path: /exec/, nth: 1, times: 9}, action});
      const {code, stderr} = await own.run(`${operation} mayor`);
      expect([code, stderr]).toEqual([1, expect.stringMatching(/the connection broke/)]);
      nothingIsLeft(own);
    }
  });
});

describe('a start that fails while the API server is slow', () => {
  const failing = () =>
    city({
      onPod: (_, control) => {
        control.wait('ImagePullBackOff', 'no such image');
        return true;
      },
    });

  it('deletes its pod all the same', async () => {
    const own = await failing();
    const busy = {type: 'status', code: 429, retryAfterSeconds: 1} as const;
    own.dev.faults.add({match: {method: 'DELETE', times: 3}, action: busy});
    const {code, stderr} = await own.run('start mayor');
    expect([code, stderr]).toEqual([1, expect.stringMatching(ONE_LINE)]);
    expect(stderr).not.toContain('could not be deleted');
    nothingIsLeft(own);
  });

  it('still ends soon after a signal, with its own words', async () => {
    const own = await failing();
    own.dev.faults.add({match: {method: 'DELETE', times: 9}, action: {type: 'hang'}});
    const {ended, interrupt} = own.begin('start mayor');
    await until(own, ended, ({method}) => method === 'DELETE');
    const beganMs = performance.now();
    interrupt();
    const {code, stderr} = await ended;
    // Without the signal it would try for 20 s.
    expect(performance.now() - beganMs).toBeLessThan(10_000);
    expect([code, stderr]).toEqual([1, expect.stringMatching(ONE_LINE)]);
    expect(stderr).toMatch(/ImagePullBackOff.*could not be deleted and will end by itself/);
  });
});

describe.each(['start', 'provision'])('a %s over a shaky connection', operation => {
  const actions: FaultAction[] = [
    {type: 'status', code: 429, retryAfterSeconds: 0},
    {type: 'status', code: 503},
    {type: 'cut', when: 'before'},
  ];
  it.each(EXCHANGES)('succeeds when its %s fails once', async (_, match) => {
    for (const action of actions) {
      const own = await city();
      own.dev.faults.add({match, action});
      const {code, stderr} = await own.run(`${operation} mayor`);
      expect([code, stderr], JSON.stringify(action)).toEqual([0, '']);
      expect(own.pods()).toHaveLength(1);
    }
  });

  const unanswered: FaultAction[] = [
    {type: 'cut', when: 'after'},
    {type: 'status', code: 504, when: 'after'},
  ];
  // What became of an exec that was cut nobody knows: that start fails.
  it.each(EXCHANGES.filter(([name]) => name !== 'exec'))(
    'succeeds when its %s took effect, and the answer did not come',
    async (_, match) => {
      for (const action of unanswered) {
        const own = await city();
        own.dev.faults.add({match, action});
        const {code, stderr} = await own.run(`${operation} mayor`);
        expect([code, stderr], JSON.stringify(action)).toEqual([0, '']);
        expect(own.pods()).toHaveLength(1);
        expect(summary(await own.run('is-running mayor'))).toBe('0 true\n');
      }
    },
  );
});
