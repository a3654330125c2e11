import {expect} from 'vitest';
import {objectsAt, stringAt, valueAt} from '../../../dev-cluster/json.ts';
import type {ApiObject} from '../../../dev-cluster/store/object.ts';
import {clientOf} from '../kit.ts';
import type {OnProcesses} from './kit.ts';
import {createPod, inPod, onProcesses, podIn, podWhen, testOnProcesses} from './kit.ts';

const sh = (script: string, more: object = {}) => ({command: ['sh', '-c', script], ...more});
const state = (pod: ApiObject | undefined, list = 'containerStatuses'): unknown =>
  valueAt(objectsAt(pod, 'status', list)[0], 'state');
const condition = (pod: ApiObject | undefined, type: string): string | undefined =>
  stringAt(
    objectsAt(pod, 'status', 'conditions').find(each => each.type === type),
    'status',
  );
const isReady = (pod: ApiObject | undefined): boolean => condition(pod, 'Ready') === 'True';

async function remove({dev}: OnProcesses, name: string, gracePeriodSeconds?: number) {
  const options = gracePeriodSeconds === undefined ? {} : {gracePeriodSeconds};
  await clientOf(dev).call('DELETE', `/pods/${name}`, options);
}

testOnProcesses('init containers run in order, on the volumes of the pod', async () => {
  const own = await onProcesses();
  const volumeMounts = [{name: 'shared', mountPath: '/shared/deep'}];
  await createPod(own, 'box', {
    volumes: [{name: 'shared', emptyDir: {}}],
    initContainers: ['one', 'two'].map(name => ({
      ...{name, image: 'agent', volumeMounts},
      ...sh(`echo ${name} >>/shared/deep/order`),
    })),
    containers: [sh('cat /shared/deep/order >/dev/termination-log', {volumeMounts})],
  });
  const pod = await podIn(own, 'box', 'Succeeded');
  expect(state(pod)).toMatchObject({
    terminated: {exitCode: 0, reason: 'Completed', message: 'one\ntwo\n'},
  });
  expect(state(pod, 'initContainerStatuses')).toMatchObject({terminated: {exitCode: 0}});
});

testOnProcesses('an init container that fails is the end of its pod', async () => {
  const own = await onProcesses();
  await createPod(own, 'box', {
    initContainers: [{name: 'first', image: 'agent', ...sh('echo no luck; exit 7')}],
    containers: [sh('sleep 1000')],
  });
  const pod = await podIn(own, 'box', 'Failed');
  expect(state(pod, 'initContainerStatuses')).toMatchObject({
    terminated: {exitCode: 7, reason: 'Error'},
  });
  expect(state(pod)).toEqual({waiting: {reason: 'PodInitializing'}});
  expect(condition(pod, 'Initialized')).toBe('False');
  const log = await clientOf(own.dev).call('GET', '/pods/box/log?container=first');
  expect(log.text).toBe('no luck\n');
});

testOnProcesses('last words come from the file, or from the log of a failure', async () => {
  const own = await onProcesses();
  const more = {terminationMessagePolicy: 'FallbackToLogsOnError'};
  await createPod(own, 'box', {containers: [sh('echo out of luck; exit 3', more)]});
  expect(state(await podIn(own, 'box', 'Failed'))).toMatchObject({
    terminated: {exitCode: 3, message: 'out of luck\n'},
  });
  await createPod(own, 'lost', {containers: [{command: ['no-such-command']}]});
  expect(state(await podIn(own, 'lost', 'Failed'))).toMatchObject({
    terminated: {
      exitCode: 128,
      reason: 'StartError',
      message: expect.stringContaining('"no-such-command": executable file not found') as string,
    },
  });
});

testOnProcesses('a deleted pod is told by TERM, and killed after its grace', async () => {
  const own = await onProcesses();
  await createPod(own, 'polite', {
    containers: [sh('trap "echo bye; exit 5" TERM; echo up; while :; do sleep 0.05; done')],
  });
  await createPod(own, 'deaf', {containers: [sh('trap "" TERM; sleep 1000')]});
  await Promise.all(['polite', 'deaf'].map(name => podIn(own, name, 'Running')));
  const client = clientOf(own.dev);
  while (!(await client.call('GET', '/pods/polite/log')).text.includes('up')) continue;
  const endings = new Map<string, unknown>();
  own.dev.store.subscribe(({object}) => {
    if (valueAt(state(object), 'terminated') !== undefined)
      endings.set(object.metadata.name, valueAt(state(object), 'terminated', 'exitCode'));
  });
  await Promise.all([remove(own, 'polite'), remove(own, 'deaf', 1)]);
  for (const name of ['polite', 'deaf']) await podWhen(own, name, pod => pod === undefined);
  expect(Object.fromEntries(endings)).toEqual({polite: 5, deaf: 137});
});

testOnProcesses(
  'a container is ready when its probe says so, and ended when it is not alive',
  async () => {
    const own = await onProcesses();
    const exec = (file: string) => ({exec: {command: ['test', '-e', file]}, periodSeconds: 1});
    await createPod(own, 'box', {
      restartPolicy: 'Always',
      terminationGracePeriodSeconds: 1,
      containers: [
        sh('echo run; exec sleep 1000', {
          startupProbe: {...exec('/tmp/started'), failureThreshold: 100},
          readinessProbe: {...exec('/tmp/ready'), failureThreshold: 1},
          livenessProbe: {...exec('/tmp/started'), failureThreshold: 1},
        }),
      ],
    });
    const pod = await podIn(own, 'box', 'Running');
    expect([isReady(pod), objectsAt(pod, 'status', 'containerStatuses')[0]?.started]).toEqual([
      false,
      false,
    ]);
    await inPod(own, 'box', 'touch /tmp/started /tmp/ready');
    await podWhen(own, 'box', isReady);
    await inPod(own, 'box', 'rm /tmp/ready');
    await podWhen(own, 'box', each => !isReady(each));
    await inPod(own, 'box', 'rm /tmp/started');
    const again = await podWhen(
      own,
      'box',
      each =>
        objectsAt(each, 'status', 'containerStatuses')[0]?.restartCount === 1 &&
        'running' in (state(each) as object),
    );
    expect(
      valueAt(
        objectsAt(again, 'status', 'containerStatuses')[0],
        'lastState',
        'terminated',
        'exitCode',
      ),
    ).toBe(137);
    const previous = await clientOf(own.dev).call('GET', '/pods/box/log?previous=true');
    expect(previous.text).toBe('run\n');
  },
);

testOnProcesses('what a pod needs and is not there is named, and waited for', async () => {
  const own = await onProcesses();
  const client = clientOf(own.dev);
  const env = [{name: 'TOKEN', valueFrom: {secretKeyRef: {name: 'late', key: 'token'}}}];
  const volumes = [{name: 'files', configMap: {name: 'late'}}];
  const volumeMounts = [{name: 'files', mountPath: '/files'}];
  await createPod(own, 'box', {
    volumes,
    containers: [
      sh('printf "%s %s" "$TOKEN" "$(cat /files/a)" >/dev/termination-log', {env, volumeMounts}),
    ],
  });
  await eventAbout(own, 'MountVolume.SetUp failed for volume "files" : configmap "late" not found');
  await client.call('POST', '/configmaps', {metadata: {name: 'late'}, data: {a: 'file'}});
  const waiting = await podWhen(own, 'box', pod =>
    JSON.stringify(state(pod)).includes('ConfigError'),
  );
  expect(state(waiting)).toEqual({
    waiting: {reason: 'CreateContainerConfigError', message: 'secret "late" not found'},
  });
  await client.call('POST', '/secrets', {metadata: {name: 'late'}, stringData: {token: 's3'}});
  expect(state(await podIn(own, 'box', 'Succeeded'))).toMatchObject({
    terminated: {message: 's3 file'},
  });
});

testOnProcesses(
  'a missing image and a pod beyond the node are told as on a real cluster',
  async () => {
    const own = await onProcesses();
    await createPod(own, 'imageless', {containers: [{image: 'registry.example.com/missing:1'}]});
    await createPod(own, 'misnamed', {containers: [{image: 'Not An Image'}]});
    const resources = {requests: {cpu: '4000'}};
    await createPod(own, 'huge', {containers: [sh('true', {resources})]});
    const reason = (wanted: string) => (pod: ApiObject | undefined) =>
      JSON.stringify(pod?.status).includes(`"reason":"${wanted}"`);
    await podWhen(own, 'imageless', reason('ErrImagePull'));
    await podWhen(own, 'imageless', reason('ImagePullBackOff'));
    await podWhen(own, 'misnamed', reason('InvalidImageName'));
    const huge = await podWhen(own, 'huge', reason('Unschedulable'));
    expect(JSON.stringify(huge?.status)).toContain('0/1 nodes are available: 1 Insufficient cpu.');
  },
);

testOnProcesses('a pod that is past its deadline ends', async () => {
  const own = await onProcesses();
  await createPod(own, 'box', {activeDeadlineSeconds: 1, containers: [sh('sleep 1000')]});
  const pod = await podIn(own, 'box', 'Failed');
  expect(pod.status).toMatchObject({reason: 'DeadlineExceeded'});
});

async function eventAbout({dev}: OnProcesses, message: string): Promise<void> {
  const isThere = () => dev.store.list('events', undefined).some(each => each.message === message);
  if (isThere()) return;
  await new Promise<void>(resolve => {
    const leave = dev.store.subscribe(() => {
      if (!isThere()) return;
      leave();
      resolve();
    });
  });
}

testOnProcesses('what nobody foresaw ends one pod, and not the cluster', async () => {
  const own = await onProcesses();
  const volumes = [
    {name: 'bad', configMap: {name: 'c', items: [{key: 'a', path: 'x'.repeat(300)}]}},
  ];
  const client = clientOf(own.dev);
  await client.call('POST', '/configmaps', {metadata: {name: 'c'}, data: {a: 'file'}});
  await createPod(own, 'odd', {volumes, containers: [sh('true')]});
  expect(state(await podIn(own, 'odd', 'Failed'))).toMatchObject({
    terminated: {
      reason: 'ContainerCannotRun',
      message: expect.stringContaining('ENAMETOOLONG') as string,
    },
  });
  await createPod(own, 'fine', {containers: [sh('true')]});
  await podIn(own, 'fine', 'Succeeded');
});
