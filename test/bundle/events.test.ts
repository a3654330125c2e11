import {describe, expect, it} from 'vitest';
import {launch} from '../cluster/kit/process.ts';
import {city, EXECUTABLE} from './log-city.ts';

const TOLD = '{"type":"test.told","actor":"test"}';

describe('gc-events-k8s as gc calls it', () => {
  it('does every operation', async () => {
    const {gc, watchFirst} = await city();
    expect(await gc('ensure-running')).toEqual([0, '', '']);
    expect(await gc('latest-seq')).toEqual([0, '0\n', '']);
    expect(await gc('list')).toEqual([0, '[]\n', '']);
    expect(await gc('record', '{"ts":"2026-01-01T00:00:00Z","type":"a","x":1.0}')).toEqual([
      0,
      '',
      '',
    ]);
    const line = '{"seq":1,"ts":"2026-01-01T00:00:00Z","type":"a","x":1.0}';
    expect(await gc('list', '{"Type":"a"}')).toEqual([0, `[${line}]\n`, '']);
    expect(await gc('latest-seq')).toEqual([0, '1\n', '']);
    expect(await watchFirst('watch 0')).toBe(`${line}\n`);
  });

  it.runIf(process.platform === 'linux')('ends an idle watch whose reader is gone', async () => {
    const {gc, env} = await city();
    await gc('record', TOLD);
    const line = '{ "$0" watch 0; echo "exit $?" >&2; } | head -n 1';
    const {stdout, stderr} = await launch('sh', ['-c', line, EXECUTABLE], {
      env,
      deadlineMs: 30_000,
    }).done;
    expect(stdout).toContain('"seq":1,');
    expect(stderr).toBe('exit 0\n');
  });

  it.each([
    ['record', ''],
    ['record', 'null'],
    ['record', '{"type":"a"'],
    ['record', '{"actor":7}'],
    ['record', '{"ts":"soon"}'],
    ['record', `{"payload":"${'x'.repeat(1_100_000)}"}`],
    ['list', '{"Type":'],
    ['list', '{"Since":"yesterday"}'],
    ['watch', ''],
    ['watch -1', ''],
    ['watch x', ''],
  ])('refuses %s with bad input in one line and writes nothing', async (args, stdin) => {
    const {gc, dev} = await city();
    const [code, stdout, stderr] = await gc(args, stdin);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^[^\n]+\n$/);
    expect(dev.requests.filter(({method}) => method !== 'GET')).toEqual([]);
  });

  it('does not know what is none of the protocol', async () => {
    const {gc} = await city();
    expect((await gc('compact'))[0]).toBe(2);
    expect((await gc('toString'))[0]).toBe(2);
  });
});

describe('a record that is forbidden', () => {
  it('says so and leaves nothing', async () => {
    const {gc, dev} = await city();
    await gc('record', TOLD);
    const action = {type: 'status', code: 403, reason: 'Forbidden'} as const;
    const over = dev.faults.add({match: {method: 'PUT', times: 1000}, action});
    const [code, stdout, stderr] = await gc('record', TOLD);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^record: [^\n]+\n$/);
    over();
    expect(await gc('latest-seq')).toEqual([0, '1\n', '']);
  });
});
