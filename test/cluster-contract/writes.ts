import {describe, expect, test} from 'vitest';
import type {ApiClient} from './api-client.ts';
import {configMap, created, freshName} from './config-maps.ts';

const wasModified = (name: string): string =>
  `Operation cannot be fulfilled on configmaps "${name}": the object has been modified; please apply your changes to the latest version and try again`;

export function describeWrites(api: () => ApiClient): void {
  describe('writes', () => {
    test('a create gives uid, resourceVersion and time, and the generated name', async () => {
      const prefix = `${freshName('generated')}-`;
      const {status, body} = await api().call('POST', '/configmaps', {
        metadata: {generateName: prefix},
      });
      expect(status).toBe(201);
      const {name, uid, resourceVersion, creationTimestamp} = body.metadata ?? {};
      expect(name).toMatch(new RegExp(`^${prefix}[a-z0-9]{5}$`));
      expect(uid).toMatch(/^[0-9a-f-]{36}$/);
      expect(resourceVersion).toMatch(/^[1-9]\d*$/);
      expect(creationTimestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    });

    test('a second create of a name is refused with 409 AlreadyExists', async () => {
      const name = freshName('twice');
      await created(api(), name);
      const {status, body} = await api().call('POST', '/configmaps', configMap(name));
      expect(status).toBe(409);
      expect(body).toEqual({
        kind: 'Status',
        apiVersion: 'v1',
        metadata: {},
        status: 'Failure',
        message: `configmaps "${name}" already exists`,
        reason: 'AlreadyExists',
        details: {name, kind: 'configmaps'},
        code: 409,
      });
    });

    test('a create while the old object is being deleted says so', async () => {
      const name = freshName('leaving');
      await created(api(), name, {finalizers: ['gc-k8s.test/hold']});
      const deleted = await api().call('DELETE', `/configmaps/${name}`);
      expect(deleted.status).toBe(200);
      expect(deleted.body.metadata?.deletionTimestamp).toBeDefined();
      const {status, body} = await api().call('POST', '/configmaps', configMap(name));
      expect([status, body.reason, body.message]).toEqual([
        409,
        'AlreadyExists',
        `object is being deleted: configmaps "${name}" already exists`,
      ]);
      const freed = await api().patch(`/configmaps/${name}`, 'merge', {
        metadata: {finalizers: null},
      });
      expect(freed.status).toBe(200);
      expect((await api().call('GET', `/configmaps/${name}`)).status).toBe(404);
    });

    test('a replace with the current resourceVersion succeeds and gives a new one', async () => {
      const name = freshName('replace');
      const {metadata} = await created(api(), name);
      const next = {
        metadata: {name, resourceVersion: metadata?.resourceVersion},
        data: {key: 'new'},
      };
      const {status, body} = await api().call('PUT', `/configmaps/${name}`, next);
      expect([status, body.data]).toEqual([200, {key: 'new'}]);
      expect(body.metadata?.resourceVersion).not.toBe(metadata?.resourceVersion);
      expect(body.metadata?.uid).toBe(metadata?.uid);
    });

    test('a replace with an older resourceVersion is refused with 409 Conflict', async () => {
      const name = freshName('stale');
      const first = await created(api(), name);
      const stale = {
        metadata: {name, resourceVersion: first.metadata?.resourceVersion},
        data: {key: 'late'},
      };
      await api().patch(`/configmaps/${name}`, 'merge', {data: {key: 'soon'}});
      const {status, body} = await api().call('PUT', `/configmaps/${name}`, stale);
      expect(status).toBe(409);
      expect(body).toMatchObject({
        reason: 'Conflict',
        message: wasModified(name),
        details: {name, kind: 'configmaps'},
      });
    });

    test('a replace that changes nothing keeps the resourceVersion', async () => {
      const name = freshName('same');
      const {metadata} = await created(api(), name);
      const {body} = await api().call('PUT', `/configmaps/${name}`, configMap(name));
      expect(body.metadata?.resourceVersion).toBe(metadata?.resourceVersion);
    });

    test('an immutable ConfigMap keeps its data', async () => {
      const name = freshName('immutable');
      await created(api(), name, {immutable: true});
      const changed = configMap(name, {immutable: true, data: {key: 'other'}});
      const {status, body} = await api().call('PUT', `/configmaps/${name}`, changed);
      expect([status, body.reason, body.message]).toEqual([
        422,
        'Invalid',
        `ConfigMap "${name}" is invalid: data: Forbidden: field is immutable when \`immutable\` is set`,
      ]);
    });

    test('a delete gives a Status with the uid, and the object is gone', async () => {
      const name = freshName('gone');
      const {metadata} = await created(api(), name);
      const {status, body} = await api().call('DELETE', `/configmaps/${name}`);
      expect([status, body.status]).toEqual([200, 'Success']);
      expect(body.details).toEqual({name, kind: 'configmaps', uid: metadata?.uid});
      expect((await api().call('DELETE', `/configmaps/${name}`)).status).toBe(404);
    });

    test('a delete with another uid or resourceVersion is refused with 409', async () => {
      const name = freshName('guarded');
      const {metadata} = await created(api(), name);
      const uid = await api().call('DELETE', `/configmaps/${name}`, {
        preconditions: {uid: 'other'},
      });
      expect([uid.status, uid.body.reason, uid.body.message]).toEqual([
        409,
        'Conflict',
        `Operation cannot be fulfilled on ConfigMap "${name}": the UID in the precondition (other) does not match the UID in record (${metadata?.uid ?? ''}). The object might have been deleted and then recreated`,
      ]);
      const version = await api().call('DELETE', `/configmaps/${name}`, {
        preconditions: {resourceVersion: '1'},
      });
      expect(version.status).toBe(409);
      expect(version.body.message).toContain(
        'the ResourceVersion in the precondition (1) does not match',
      );
      const right = await api().call('DELETE', `/configmaps/${name}`, {
        preconditions: {uid: metadata?.uid},
      });
      expect(right.status).toBe(200);
    });
  });
}
