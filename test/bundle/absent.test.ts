import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {city, ON_A_SESSION, STARTED, writes, type City} from './city.ts';
import {ONE_LINE, summary} from './program.ts';

/** session-protocol.md, the last column of "Operations". */
function outcome(operation: string): string {
  if (/^(is-running|process-alive|is-attached)/.test(operation)) return '0 false\n';
  return /^(copy-from|exec)/.test(operation) ? '1 ' : '0 ';
}

/** Where a session may be absent, and yet something of it there. */
const ABSENCES: [string, (own: City) => Promise<unknown>][] = [
  ['there is no pod', () => Promise.resolve()],
  [
    'its pod has ended',
    async own => {
      await own.session('mayor');
      own.dev.pod('mayor').end({exitCode: 0});
    },
  ],
  [
    'its name is held by another session',
    async own => {
      await own.session('mayor', {...STARTED, 'gc-session-name': 'Mayor'});
    },
  ],
  [
    'its tmux is gone and its pod is not ours',
    async own => {
      await own.session('mayor', {});
      own.pod.tmuxIsGone = true;
    },
  ],
];

describe.each(ABSENCES)('when %s', (why, prepare) => {
  // Without tmux a command still has a pod to run in: a provisioned box is one.
  const operations = ON_A_SESSION.filter(
    ([args]) => !(why.includes('tmux') && args.startsWith('exec')),
  );

  it('every operation has the outcome of the table', async () => {
    const own = await city();
    await prepare(own);
    // Last, because it takes the pod away.
    for (const [args, stdin] of [...operations.slice(1), ...operations.slice(0, 1)]) {
      const ended = await own.run(args, {stdin});
      // Metadata outlives the agent, as long as the pod exists.
      const kept = args.startsWith('get-meta') && /ended|tmux/.test(why);
      expect(summary({...ended, stderr: ''}), args).toBe(kept ? '0 red' : outcome(args));
      expect(ended.stderr).toMatch(ended.code === 0 ? /^$/ : ONE_LINE);
    }
    expect(own.pod.typed).toEqual([]);
  });
});

describe('an absent session', () => {
  it('is not listed, and nothing is written for it', async () => {
    const own = await city();
    expect(summary(await own.run('list-running'))).toBe('0 ');
    expect(summary(await own.run('watch-startup mayor'))).toBe('0 ');
    expect(summary(await own.run('check-image agent:1'))).toBe('0 ');
    const source = join(own.home, 'file');
    writeFileSync(source, 'x');
    expect(summary(await own.run(`copy-to mayor ${source} file`))).toBe('0 ');
    expect(summary(await own.run(`copy-to mayor ${source}-missing file`))).toBe('0 ');
    expect(writes(own)).toEqual([]);
  });
});

it('a pod made by hand, without a session annotation, that goes under set-meta is absent', async () => {
  const own = await city();
  await own.session('mayor');
  const answer = (code: number, reason: string) => ({type: 'status', code, reason}) as const;
  own.dev.faults.add({match: {method: 'PATCH'}, action: answer(422, 'Invalid')});
  own.dev.faults.add({match: {method: 'PATCH', name: 'mayor'}, action: answer(404, 'NotFound')});
  expect(summary(await own.run('set-meta mayor color', {stdin: 'red'}))).toBe('0 ');
  // By its two names, and once it was found.
  expect(writes(own)).toHaveLength(3);
});

it('an agent that cannot be seen, without tail in its image, is not called dead', async () => {
  const own = await city();
  await own.session('mayor');
  own.pod.processes = '1\n';
  const {code, stdout, stderr} = await own.run('process-alive mayor', {stdin: 'claude'});
  expect([code, stdout.toString()]).toEqual([1, '']);
  expect(stderr).toMatch(/^process-alive mayor: the processes .* the image needs tail\n$/);
});
