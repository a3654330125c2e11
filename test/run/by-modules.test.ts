import {join} from 'node:path';
import {expect} from 'vitest';
import {openCluster} from '../../src/kube/open-cluster.ts';
import {findPod} from '../../src/pod/find.ts';
import {awaitEnd} from '../../src/run/await-end.ts';
import {cancelRun} from '../../src/run/cancel.ts';
import {runOfPod} from '../../src/run/run-of-pod.ts';
import type {SessionCall} from '../../src/session/operation.ts';
import {runStart} from '../../src/session/start/run-start.ts';
import {Deadline} from '../../src/time/deadline.ts';
import {onProcesses, testOnProcesses} from '../dev-cluster/process/kit.ts';

testOnProcesses('a run is started, looked at and cancelled without any executable', async () => {
  const {dev, home} = await onProcesses({namespace: 'gc'});
  const kubeconfig = join(home, 'kubeconfig');
  dev.writeKubeconfig(kubeconfig);
  const env = {
    ...{PATH: process.env.PATH, HOME: home, KUBECONFIG: kubeconfig, GC_K8S_IMAGE: 'agent'},
    GC_K8S_STOP_GRACE: '5',
  };
  const deadline = new Deadline(Infinity);
  const cluster = await openCluster('a-program-of-yours', {env, deadline});
  const command = "trap 'echo got INT; exit 6' INT; echo up; while :; do sleep 0.1; done";
  const call: SessionCall = {
    ...{session: 'lib', args: [], env, deadline, cluster},
    readInput: () => Promise.resolve(Buffer.from(JSON.stringify({command}))),
    print: () => Promise.reject(new Error('a start prints nothing')),
    warn: text => expect.unreachable(text),
    streams: {input: process.stdin, output: process.stdout},
  };
  await runStart(call, 'start');

  const pod = await findPod(cluster, 'lib');
  if (!pod) return expect.unreachable('no pod was made');
  expect(runOfPod(pod, Date.now())).toMatchObject({session: 'lib', state: 'running'});

  expect(await cancelRun({cluster, session: 'lib', deadline})).toBe(5);
  const end = await awaitEnd(cluster, pod);
  expect(end).toMatchObject({state: 'cancelled', exitCode: 6, lastLines: ['up', 'got INT']});
  const history = end?.history.map(({state}) => state);
  expect(history).toEqual(['created', 'starting', 'running', 'cancelled']);
  deadline.clear();
});
