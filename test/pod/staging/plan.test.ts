import {describe, expect, it} from 'vitest';
import {InterruptedError, UsageError} from '../../../src/errors.ts';
import type {Entry} from '../../../src/pod/staging/entry.ts';
import {StagingPlan} from '../../../src/pod/staging/plan.ts';
import {failureOf, rejectionOf} from '../../kit/failing.ts';

const text = (content: string): Entry => ({
  kind: 'text',
  content: Buffer.from(content),
  mode: 0o644,
});
const directory: Entry = {kind: 'directory', mode: 0o755};
const link: Entry = {kind: 'link', target: 'x'};

function planOf(...entries: [string, Entry][]): StagingPlan {
  const plan = new StagingPlan();
  for (const [path, entry] of entries) plan.put(path, entry);
  return plan;
}

describe('StagingPlan', () => {
  it('lays a file over a file, and counts it once', () => {
    const plan = planOf(['/w/a', text('old!')], ['/w/a', text('new')]);
    expect([...plan.entries]).toEqual([['/w/a', text('new')]]);
    expect(plan.bytes).toBe(3);
  });

  it('lays a file over a directory, which goes with all that is in it', () => {
    const plan = planOf(
      ['/w/d', directory],
      ['/w/d/a', text('1')],
      ['/w/d/b/c', text('22')],
      ['/w/dd', text('333')],
      ['/w/d', text('file')],
    );
    expect([...plan.entries.keys()]).toEqual(['/w/dd', '/w/d']);
    expect(plan.bytes).toBe(7);
  });

  it('lays a directory over a file and over a link, before what is in it', () => {
    for (const before of [text('file'), link]) {
      const plan = planOf(['/w/d', before], ['/w/d', directory], ['/w/d/a', text('1')]);
      expect([...plan.entries.keys()]).toEqual(['/w/d', '/w/d/a']);
      expect(plan.bytes).toBe(1);
    }
  });

  it('keeps a directory and what is in it under another of its name', () => {
    const plan = planOf(['/w', directory], ['/w/a', text('1')], ['/w', directory]);
    expect([...plan.entries.keys()]).toEqual(['/w', '/w/a']);
  });

  it.each([
    ['link', link],
    ['file', text('x')],
  ])('refuses to write through a %s that came along', (_, above) => {
    const plan = planOf(['/w/l', above]);
    const message = failureOf(UsageError, () => plan.put('/w/l/a/b', text('1')));
    expect(message).toContain('/w/l/a/b');
    expect(message).toContain('through /w/l,');
  });

  it('fails as soon as it is larger than its limit, also in an overlay', async () => {
    const limits = {bytes: 5, tooLarge: () => new UsageError('too large')};
    const plan = new StagingPlan(limits);
    plan.put('/w/a', text('12345'));
    plan.put('/w/a', text('54321'));
    expect(failureOf(UsageError, () => plan.put('/w/b', text('6')))).toBe('too large');
    const fill = async (own: StagingPlan) => {
      await own.step();
      own.put('/w/c', text('123456'));
    };
    await rejectionOf(UsageError, () =>
      new StagingPlan(limits).putSource({source: '/c', target: '/w/c'}, fill),
    );
  });

  it('lets a signal in now and then, and ends with it', async () => {
    const controller = new AbortController();
    const plan = new StagingPlan({signal: controller.signal});
    setImmediate(() => controller.abort(new InterruptedError('SIGINT')));
    let steps = 0;
    const looked = async () => {
      for (; steps < 1_000_000; steps++) await plan.step();
    };
    expect(await rejectionOf(InterruptedError, looked)).toBe('interrupted by SIGINT');
    expect(steps).toBeLessThan(1000);
  });
});
