import {describe, expect, test} from 'vitest';
import type {ApiClient} from './api-client.ts';
import {freshName} from './config-maps.ts';

/** No node has this label: the pod stays pending on any cluster, and needs no image. */
const pendingPod = (name: string): object => ({
  metadata: {name},
  spec: {
    nodeSelector: {'gc-k8s.test/none': 'x'},
    automountServiceAccountToken: false,
    containers: [{name: 'agent', image: 'agent'}],
  },
});

export function describePods(api: () => ApiClient): void {
  describe('pods', () => {
    test('a pod without containers is refused with 422', async () => {
      const {status, body} = await api().call('POST', '/pods', {
        metadata: {name: 'empty'},
        spec: {},
      });
      expect([status, body.message]).toEqual([
        422,
        'Pod "empty" is invalid: spec.containers: Required value',
      ]);
    });

    test('a created pod is Pending and has the defaults', async () => {
      const name = freshName('pod');
      const {status, body} = await api().call('POST', '/pods', pendingPod(name));
      expect(status).toBe(201);
      expect(body).toMatchObject({
        metadata: {name, generation: 1},
        spec: {
          restartPolicy: 'Always',
          terminationGracePeriodSeconds: 30,
          dnsPolicy: 'ClusterFirst',
        },
        status: {phase: 'Pending', qosClass: 'BestEffort'},
      });
      await api().call('DELETE', `/pods/${name}`);
    });

    test('annotations may change, the command may not', async () => {
      const name = freshName('frozen');
      await api().call('POST', '/pods', pendingPod(name));
      const annotated = await api().patch(`/pods/${name}`, 'merge', {
        metadata: {annotations: {a: '1'}},
      });
      expect([annotated.status, annotated.body.metadata]).toMatchObject([
        200,
        {annotations: {a: '1'}},
      ]);
      const {status, body} = await api().patch(`/pods/${name}`, 'strategic-merge', {
        spec: {containers: [{name: 'agent', command: ['other']}]},
      });
      expect([status, body.reason]).toEqual([422, 'Invalid']);
      expect(body.message).toContain(
        'spec: Forbidden: pod updates may not change fields other than',
      );
      await api().call('DELETE', `/pods/${name}`);
    });

    test('deleting a pod without a node gives the pod and takes it away at once', async () => {
      const name = freshName('unplaced');
      await api().call('POST', '/pods', pendingPod(name));
      const {status, body} = await api().call('DELETE', `/pods/${name}`);
      expect([status, body.kind, body.metadata?.name]).toEqual([200, 'Pod', name]);
      expect(body.metadata?.deletionTimestamp).toBeDefined();
      expect((await api().call('GET', `/pods/${name}`)).status).toBe(404);
    });

    test('deleting a pod with another uid is refused with 409', async () => {
      const name = freshName('guarded');
      await api().call('POST', '/pods', pendingPod(name));
      const {status, body} = await api().call('DELETE', `/pods/${name}`, {
        preconditions: {uid: 'other'},
      });
      expect([status, body.reason, body.details]).toEqual([409, 'Conflict', {name, kind: 'Pod'}]);
      expect(body.message).toContain(
        `Operation cannot be fulfilled on Pod "${name}": the UID in the precondition (other) does not match the UID in record`,
      );
      await api().call('DELETE', `/pods/${name}`);
    });

    test('an exec in a pod that is not there is 404', async () => {
      const missing = await api().call('GET', '/pods/none/exec?command=true&stdout=true');
      expect([missing.status, missing.body.message]).toEqual([404, 'pods "none" not found']);
    });

    test('field selectors: status.phase and spec.nodeName', async () => {
      const name = freshName('field');
      await api().call('POST', '/pods', pendingPod(name));
      const phase = await api().call(
        'GET',
        `/pods?fieldSelector=status.phase=Pending,metadata.name=${name}`,
      );
      expect(phase.body.items?.length).toBe(1);
      const node = await api().call(
        'GET',
        `/pods?fieldSelector=spec.nodeName=n,metadata.name=${name}`,
      );
      expect(node.body.items?.length).toBe(0);
      const unknown = await api().call('GET', '/pods?fieldSelector=foo=1');
      expect([unknown.status, unknown.body.message]).toEqual([
        400,
        'field label not supported: foo',
      ]);
      await api().call('DELETE', `/pods/${name}`);
    });

    test('events are found by what they are about', async () => {
      const about = freshName('about');
      const {status} = await api().call('POST', '/events', {
        metadata: {name: freshName('event')},
        involvedObject: {kind: 'Pod', name: about, namespace: api().namespace},
        reason: 'Testing',
        message: 'a test',
        type: 'Warning',
      });
      expect(status).toBe(201);
      const query = `involvedObject.name=${about},type!=Normal,reason=Testing`;
      const found = await api().call('GET', `/events?fieldSelector=${encodeURIComponent(query)}`);
      expect(found.body.items?.map(({message}) => message)).toEqual(['a test']);
    });
  });
}
