import {describe, expect, it, vi} from 'vitest';
import {whileRuns} from '../kit/while-runs.ts';
import {city, exchanges} from './city.ts';
import {gate} from './gate.ts';
import {begin, ONE_LINE, summary} from './program.ts';

describe('without an API server', () => {
  it.each<[string, string]>([
    ['is-running mayor', 'true\n'],
    ['process-alive mayor', 'true\n'],
    ['is-attached mayor', 'true\n'],
    ['peek mayor', 'a screen\n'],
    ['start other', ''],
  ])('%s keeps trying until there is one', async (args, output) => {
    const own = await city();
    await own.session('mayor');
    const {settings, isTried, open} = await gate(own);
    const {ended} = own.begin(args, {
      settings,
      stdin: args.startsWith('start') ? '{}' : 'claude\n',
    });
    await whileRuns(ended, isTried);
    open();
    expect(summary(await ended)).toBe(`0 ${output}`);
  });

  it('no probe gives up because the server wants to be asked later than that', async () => {
    const probes = ['is-running', 'process-alive', 'is-attached'].map(async probe => {
      const own = await city();
      await own.session('mayor');
      own.dev.faults.add({match: {}, action: {type: 'status', code: 429, retryAfterSeconds: 60}});
      return summary(await own.run(`${probe} mayor`, {stdin: 'claude\n'}));
    });
    expect(await Promise.all(probes)).toEqual(['0 true\n', '0 true\n', '0 true\n']);
  });

  it('an interrupt ends it at once, with what is known', async () => {
    const own = await city();
    const {settings, isTried} = await gate(own);
    const {ended, interrupt} = own.begin('peek mayor', {settings});
    await whileRuns(ended, isTried);
    interrupt();
    const {code, stderr} = await ended;
    expect([code, stderr]).toEqual([130, expect.stringMatching(ONE_LINE)]);
  });
});

describe('a session that lives, whose container takes no exec for a moment', () => {
  it.each<[string, string]>([
    ['nudge mayor', ''],
    ['process-alive mayor', 'true\n'],
    ['exec mayor', 'done\n'],
  ])('is asked again, not taken for absent: %s', async (args, output) => {
    const own = await city();
    await own.session('mayor');
    const pod = own.dev.pod('mayor');
    pod.setStatus({containerStatuses: [{name: 'agent', state: {waiting: {}}}]});
    const {ended} = own.begin(args, {stdin: 'claude\n'});
    const execs = () => exchanges(own).filter(each => each === 'get pods/exec').length;
    await whileRuns(
      ended,
      vi.waitUntil(() => execs() > 1, {timeout: 30_000, interval: 5}),
    );
    pod.run();
    expect(summary(await ended)).toBe(`0 ${output}`);
    expect(own.pod.typed).toEqual(args.startsWith('nudge') ? ['claude'] : []);
  });
});

describe('watch-startup', () => {
  it('prints the terminal at each change, until it is killed', async () => {
    const own = await city({
      exec: async call => {
        await call.stdout('one\n\n\u001e\n');
        await call.stdout('tw');
        await call.stdout('o é\n\u001e\n');
        for await (const piece of call.stdin) if (piece.length > 0) break;
        return 0;
      },
    });
    await own.session('mayor');
    const {says, interrupt, ended} = begin(['watch-startup', 'mayor'], {env: own.env});
    await says(/\n[^]*\n/);
    interrupt('SIGKILL');
    expect((await ended).stdout.toString()).toBe('{"content":"one"}\n{"content":"two é"}\n');
  });
});
