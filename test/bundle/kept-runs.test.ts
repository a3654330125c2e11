import {describe, expect, it} from 'vitest';
import {city, STARTED} from './city.ts';
import {summary} from './program.ts';

const KEPT = {...STARTED, 'gc-k8s/retention': 'keep'};

describe('stop, of a run that is kept after its end', () => {
  it('leaves the pod of one that has ended', async () => {
    const own = await city();
    await own.session('mayor', KEPT);
    own.dev.pod('mayor').end({exitCode: 0});
    expect(summary(await own.run('stop mayor'))).toBe('0 ');
    expect(own.pods().map(({metadata}) => metadata.name)).toEqual(['mayor']);
  });

  it('deletes the pod on a node that no longer reports: its agent may be at work there', async () => {
    const own = await city();
    await own.session('mayor', KEPT);
    // What the node controller writes then, before it marks the pod for deletion.
    const conditions = [
      {type: 'ContainersReady', status: 'True'},
      {type: 'Ready', status: 'False'},
    ];
    own.dev.pod('mayor').setStatus({conditions});
    expect(summary(await own.run('stop mayor'))).toBe('0 ');
    expect(own.pods()).toEqual([]);
  });

  it('deletes the pod of one that has ended on a node that does not say what it left', async () => {
    const own = await city();
    await own.session('mayor', {...STARTED, 'gc-k8s/retention': 'delete'});
    const containerStatuses = [
      {name: 'agent', state: {terminated: {exitCode: 0}}},
      {name: 'keeper', state: {running: {}}},
    ];
    own.dev.pod('mayor').setStatus({containerStatuses});
    own.dev.faults.add({match: {path: /exec/}, action: {type: 'hang'}});
    expect(summary(await own.run('stop mayor'))).toBe('0 ');
    expect(own.pods()).toEqual([]);
  });
});
