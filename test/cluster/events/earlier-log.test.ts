import {describe, expect, it, onTestFinished} from 'vitest';
import {earlierBuild, earlierBuilds, restoreLog} from '../kit/earlier-build.ts';
import {until} from '../kit/poll.ts';
import {numbersOf, openGround} from './kit.ts';

describe.each(earlierBuilds())('the log that %s has kept', build => {
  it('is read, filtered and continued, and watched over the seam', async () => {
    const ground = await openGround('earlier');
    onTestFinished(() => ground.close());
    await restoreLog(ground, earlierBuild(build));
    expect(await ground.latestSeq()).toBe(3);
    expect(numbersOf(await ground.list())).toEqual([1, 2, 3]);
    expect(numbersOf(await ground.list({Actor: 'earlier', AfterSeq: 1}))).toEqual([2, 3]);
    let seen = '';
    const watch = ground.launch(['watch', '1']);
    watch.onOutput(text => (seen = text));
    await ground.record({type: 'bead.closed', actor: 'now', subject: 'bead-1'});
    await ground.record({type: 'bead.closed', actor: 'now', subject: 'bead-2'});
    await until('all are seen', () => seen.trim().split('\n').length === 4);
    watch.signal('SIGINT');
    await watch.done;
    expect(numbersOf(seen.trim().split('\n'))).toEqual([2, 3, 4, 5]);
    const all = await ground.list();
    expect(numbersOf(all)).toEqual([1, 2, 3, 4, 5]);
    expect(all[0]).toContain('"message":"made by an earlier build"');
    expect(await ground.latestSeq()).toBe(5);
  });
});
