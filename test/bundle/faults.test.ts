import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {ANSWERS} from './answers.ts';
import {city, exchanges, ON_A_SESSION} from './city.ts';
import {HEALING} from './healing.ts';
import {ONE_LINE, summary} from './program.ts';

/** What may have run is not run again. */
const ONCE = new Set(['exec']);

describe.each(HEALING)('an exchange that fails with %s', (name, action) => {
  it('is made again, whatever the operation', async () => {
    const own = await city();
    await own.session('mayor');
    const source = join(own.home, 'notes');
    writeFileSync(source, 'notes');
    const [stop, ...others] = ON_A_SESSION;
    const more = [`copy-to mayor ${source} notes`, 'list-running'].map(args => [args, ''] as const);
    for (const [args, stdin] of [...others, ...more, ...(stop === undefined ? [] : [stop])]) {
      own.dev.clearRequests();
      own.dev.faults.clear();
      own.dev.faults.add({match: {}, action});
      const [operation = ''] = args.split(' ');
      const ended = await own.run(args, {stdin});
      if (name === 'cut after the effect' && ONCE.has(operation)) {
        expect([ended.code, ended.stderr], args).toEqual([
          255,
          expect.stringMatching(/^[^\n]*the connection broke[^\n]*\n$/),
        ]);
        expect(own.dev.requests.length, args).toBe(1);
        continue;
      }
      expect(summary(ended), args).toBe(`0 ${ANSWERS[operation] ?? ''}`);
      // An exec has its answer, 101, before the fault.
      if (!name.startsWith('504')) expect(own.dev.requests.length, args).toBeGreaterThanOrEqual(2);
    }
    expect(own.pod.typed).toEqual(['hello']);
    expect(own.pods()).toEqual([]);
    expect(summary(await own.run('list-running'))).toBe('0 ');
  });

  it('is made again, when it is the annotation of a value', async () => {
    const own = await city();
    await own.session('mayor');
    const value = () => own.dev.pod('mayor').pod?.metadata.annotations?.['gc-meta/color'];
    for (const [args, left] of [
      ['set-meta mayor color', 'red'],
      ['remove-meta mayor color', undefined],
    ] as const) {
      own.dev.faults.add({match: {method: 'PATCH'}, action});
      expect(summary(await own.run(args, {stdin: 'red'})), args).toBe('0 ');
      expect(value(), args).toBe(left);
      own.dev.faults.clear();
    }
  });
});

describe('an exec that breaks', () => {
  it.each(['cut', 'close'] as const)(
    'in the place of its Status (%s): a nudge is typed once',
    async how => {
      const own = await city();
      await own.session('mayor');
      own.dev.faults.add({match: {path: /exec/}, action: {type: 'exec', how}});
      expect(summary(await own.run('nudge mayor', {stdin: 'hello\n'}))).toBe('0 ');
      expect(own.pod.typed).toEqual(['hello']);
      const [first, second] = own.pod.ran.map(({args}) => args);
      expect([first?.[1], first?.[3]]).toEqual([second?.[1], 'first']);
      expect(second?.[3]).toBe('again');
    },
  );

  it('in mid-stream: peek asks again and prints once', async () => {
    const own = await city();
    await own.session('mayor');
    own.pod.screen = 'line\n'.repeat(20_000);
    const action = {type: 'exec', how: 'cut', afterBytes: 50_000} as const;
    own.dev.faults.add({match: {path: /exec/}, action});
    const {code, stdout} = await own.run('peek mayor 0');
    expect([code, stdout.length]).toEqual([0, 100_000]);
    expect(exchanges(own)).toEqual(['get pods/exec', 'get pods/exec']);
  });

  it.each(['cut', 'close'] as const)(
    'in the middle of exec (%s) is 255, and not run again',
    async how => {
      const own = await city();
      await own.session('mayor');
      const action = {type: 'exec', how, afterBytes: 3} as const;
      own.dev.faults.add({match: {path: /exec/}, action});
      const {code, stdout, stderr} = await own.run('exec mayor', {stdin: 'ls'});
      expect([code, stdout.toString()]).toEqual([255, 'don']);
      expect(stderr).toMatch(ONE_LINE);
      expect(stderr).toMatch(/^exec mayor: exec in pod "mayor".*the connection broke/);
      expect(exchanges(own)).toEqual(['get pods/exec']);
    },
  );

  it('presses no key twice', async () => {
    const own = await city();
    await own.session('mayor');
    own.dev.faults.add({match: {path: /exec/, times: 1}, action: {type: 'exec', how: 'cut'}});
    expect(summary(await own.run('send-keys mayor Down Enter'))).toBe('0 ');
    expect(own.pod.ran).toHaveLength(2);
    expect(own.pod.pressed).toEqual(['Down', 'Enter']);
  });
});

describe('exec', () => {
  it.each([0, 1, 2, 42, 137, 255])('mirrors the exit code %i', async code => {
    const own = await city();
    await own.session('mayor');
    own.pod.command = () => Promise.resolve(code);
    expect(summary(await own.run('exec mayor', {stdin: 'exit'}))).toBe(`${code} `);
  });

  it('brings 20 MiB back whole to a reader that comes late', async () => {
    const own = await city();
    await own.session('mayor');
    const output = Buffer.alloc(20 * 2 ** 20, 'All work and no play, 17.');
    let written: () => void = () => undefined;
    const isWritten = new Promise<void>(resolve => (written = resolve));
    own.pod.command = async call => {
      await call.stdout(output);
      written();
      return 3;
    };
    const {code, stdout} = await own.run('exec mayor', {stdin: 'cat', readWhen: isWritten});
    expect([code, stdout.length, stdout.equals(output)]).toEqual([3, output.length, true]);
  });

  it('asks for a newer Kubernetes, or for the verbs, where it cannot', async () => {
    const old = await city({oldServer: true});
    await old.session('mayor');
    expect((await old.run('peek mayor')).stderr).toMatch(/^[^\n]*Kubernetes 1\.30[^\n]*\n$/);
    const own = await city();
    await own.session('mayor');
    own.dev.access.deny({resource: 'pods', subresource: 'exec'});
    const {code, stderr} = await own.run('nudge mayor', {stdin: 'x'});
    expect([code, stderr]).toEqual([1, expect.stringMatching(ONE_LINE)]);
    expect(stderr).toContain('"get" and "create" on pods/exec');
  });
});

describe('a role that lacks a verb', () => {
  it.each([
    ['get', 'is-running mayor'],
    ['list', 'list-running'],
    ['create', 'start other'],
    ['watch', 'start other'],
    ['patch', 'set-meta mayor color'],
    ['delete', 'stop mayor'],
  ])('is named: %s, for %s', async (verb, args) => {
    const own = await city();
    await own.session('mayor');
    own.dev.access.deny({resource: 'pods', verb});
    const {code, stderr} = await own.run(args);
    expect([code, stderr]).toEqual([1, expect.stringMatching(ONE_LINE)]);
    expect(stderr).toContain(`needs verb "${verb}" on pods`);
    expect(own.pods().map(({metadata}) => metadata.name)).toEqual(['mayor']);
  });
});
