import {expect} from 'vitest';
import {objectsAt, valueAt} from '../../../dev-cluster/json.ts';
import {ExecClient, execQuery} from '../kit.ts';
import {createPod, inPod, onProcesses, podIn, testOnProcesses} from './kit.ts';

const limited = (script: string) => ({
  command: ['sh', '-c', script],
  resources: {limits: {memory: '48Mi'}},
});

/** Holds 5 MB for a while. */
const MODEST = 'x=$(head -c 5000000 /dev/zero | tr "\\0" x); echo "$x" | wc -c';

testOnProcesses('a container that takes more than its memory limit is killed', async () => {
  const own = await onProcesses();
  await createPod(own, 'hog', {containers: [limited('echo greedy; tail /dev/zero; echo on')]});
  const [status] = objectsAt(await podIn(own, 'hog', 'Failed'), 'status', 'containerStatuses');
  expect(valueAt(status, 'state')).toMatchObject({
    terminated: {exitCode: 137, reason: 'OOMKilled'},
  });
});

testOnProcesses('all of its processes count, those of an exec too, and nobody else’s', async () => {
  const own = await onProcesses();
  for (const name of ['host', 'neighbour']) {
    await createPod(own, name, {containers: [limited('sleep 1000')]});
    await podIn(own, name, 'Running');
  }
  expect(await inPod(own, 'host', MODEST)).toBe('5000001');
  const greedy = new ExecClient(own.dev, execQuery('host', ['tail', '/dev/zero']));
  const [status] = objectsAt(await podIn(own, 'host', 'Failed'), 'status', 'containerStatuses');
  expect(valueAt(status, 'state')).toMatchObject({terminated: {reason: 'OOMKilled'}});
  await greedy.ended();
  expect(await inPod(own, 'neighbour', 'echo well')).toBe('well');
});
