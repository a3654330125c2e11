import {expect, test} from 'vitest';
import {clientOf, devCluster, podNamed, podUntil, runningPod} from './kit.ts';

test('a pod comes to run with a full status', async () => {
  const cluster = await devCluster();
  const client = clientOf(cluster);
  await runningPod(client, 'box');
  const {body} = await client.call('GET', '/pods/box');
  expect(body).toMatchObject({
    spec: {nodeName: 'gc-dev-cluster'},
    status: {
      phase: 'Running',
      qosClass: 'BestEffort',
      containerStatuses: [
        {name: 'agent', ready: true, restartCount: 0, image: 'agent', started: true},
      ],
    },
  });
  const text = JSON.stringify(body.status);
  for (const type of ['PodScheduled', 'Initialized', 'ContainersReady', 'Ready']) {
    expect(text).toContain(`"type":"${type}"`);
  }
});

test('a test decides what becomes of a pod', async () => {
  const cluster = await devCluster({
    onPod: ({metadata}, control) => {
      if (metadata.name === 'nowhere') control.unschedulable('0/1 nodes are available');
      else if (metadata.name === 'imageless')
        control.wait('ImagePullBackOff', 'Back-off pulling image');
      else if (metadata.name === 'broken') control.end({exitCode: 137, reason: 'OOMKilled'});
      else return false;
      return true;
    },
  });
  const client = clientOf(cluster);
  await podUntil(client, 'nowhere', status => status.includes('"reason":"Unschedulable"'));
  const events = await client.call(
    'GET',
    '/events?fieldSelector=involvedObject.name=nowhere,type=Warning',
  );
  expect(events.body.items?.map(({reason}) => reason)).toEqual(['FailedScheduling']);
  await podUntil(client, 'imageless', status => status.includes('"reason":"ImagePullBackOff"'));
  await podUntil(client, 'broken', status => status.includes('"reason":"OOMKilled"'));
  expect(JSON.stringify((await client.call('GET', '/pods/broken')).body.status)).toContain(
    '"phase":"Failed"',
  );
  await runningPod(client, 'fine');
  cluster.setPodStatus('fine', {phase: 'Unknown', reason: 'NodeLost'});
  expect((await client.call('GET', '/pods/fine')).body.status).toMatchObject({reason: 'NodeLost'});
});

test('a deleted pod is seen terminating, blocks its name, and goes', async () => {
  const cluster = await devCluster({terminationMilliseconds: 'grace'});
  const client = clientOf(cluster);
  await runningPod(client, 'box');
  const {body} = await client.call('DELETE', '/pods/box', {gracePeriodSeconds: 600});
  expect(body.metadata).toMatchObject({
    name: 'box',
    deletionGracePeriodSeconds: 600,
    generation: 2,
  });
  const again = await client.call('POST', '/pods', podNamed('box'));
  expect([again.status, again.body.message]).toEqual([
    409,
    'object is being deleted: pods "box" already exists',
  ]);
  const types: string[] = [];
  const path = `/pods?watch=1&fieldSelector=metadata.name=box&resourceVersion=${body.metadata?.resourceVersion ?? ''}`;
  await client.call('DELETE', '/pods/box', {gracePeriodSeconds: 0});
  for await (const {type} of client.watch(path)) {
    types.push(type);
    if (type === 'DELETED') break;
  }
  expect(types.at(-1)).toBe('DELETED');
  expect((await client.call('GET', '/pods/box')).status).toBe(404);
});

test('within its grace a pod ends with a terminated container', async () => {
  const cluster = await devCluster();
  const client = clientOf(cluster);
  await runningPod(client, 'box');
  const {body} = await client.call('GET', '/pods?fieldSelector=metadata.name=box');
  const from = body.metadata?.resourceVersion ?? '';
  await client.call('DELETE', '/pods/box', {gracePeriodSeconds: 5});
  const phases: string[] = [];
  const path = `/pods?watch=1&fieldSelector=metadata.name=box&resourceVersion=${from}`;
  for await (const {type, object} of client.watch(path)) {
    phases.push(`${type} ${/"phase":"(\w+)"/.exec(JSON.stringify(object.status))?.[1] ?? ''}`);
    if (type === 'DELETED') break;
  }
  expect(phases).toEqual([
    'MODIFIED Running',
    'MODIFIED Failed',
    'MODIFIED Failed',
    'DELETED Failed',
  ]);
});

test('a pod is evicted, out of memory, or on a node that is lost', async () => {
  const cluster = await devCluster();
  const client = clientOf(cluster);
  for (const name of ['evicted', 'fat', 'lost']) await runningPod(client, name);
  const statusOf = async (name: string) => (await client.call('GET', `/pods/${name}`)).body.status;
  cluster.pod('evicted').evict();
  expect(await statusOf('evicted')).toMatchObject({
    phase: 'Failed',
    reason: 'Evicted',
  });
  expect(JSON.stringify(await statusOf('evicted'))).toContain('TerminationByKubelet');
  cluster.pod('fat').outOfMemory();
  expect(await statusOf('fat')).toMatchObject({
    phase: 'Failed',
    containerStatuses: [{state: {terminated: {exitCode: 137, reason: 'OOMKilled'}}}],
  });
  cluster.pod('lost').loseNode();
  const {body} = await client.call('GET', '/pods/lost');
  expect(body.metadata?.deletionTimestamp).toBeDefined();
  expect(body.status).toMatchObject({phase: 'Running', reason: 'NodeLost'});
  await client.call('DELETE', '/pods/lost');
  expect((await client.call('GET', '/pods/lost')).status).toBe(200);
  await client.call('DELETE', '/pods/lost', {gracePeriodSeconds: 0});
  expect((await client.call('GET', '/pods/lost')).status).toBe(404);
});
