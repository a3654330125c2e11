import {describe, expect, test} from 'vitest';
import type {ApiClient} from './api-client.ts';
import {created, freshName} from './config-maps.ts';

export function describePatches(api: () => ApiClient): void {
  describe('patches', () => {
    test('a JSON patch with a test is one conditional write', async () => {
      const name = freshName('counter');
      await created(api(), name, {data: {seq: '5'}});
      const {status, body} = await api().patch(`/configmaps/${name}`, 'json', [
        {op: 'test', path: '/data/seq', value: '5'},
        {op: 'replace', path: '/data/seq', value: '6'},
        {op: 'add', path: '/data/pending.6', value: 'event'},
      ]);
      expect([status, body.data]).toEqual([200, {seq: '6', 'pending.6': 'event'}]);
    });

    test.each([
      ['a test that fails', {op: 'test', path: '/data/seq', value: '4'}],
      ['a test of a key that is not there', {op: 'test', path: '/data/none', value: '4'}],
      ['a remove of a key that is not there', {op: 'remove', path: '/data/none'}],
      ['an add below a map that is not there', {op: 'add', path: '/binaryData/key', value: 'YQ=='}],
      ['an unknown operation', {op: 'wave', path: '/data/seq', value: '4'}],
    ])('%s is refused with 422 and changes nothing', async (_what, operation) => {
      const name = freshName('refused');
      await created(api(), name, {data: {seq: '5'}});
      const {status, body} = await api().patch(`/configmaps/${name}`, 'json', [
        {op: 'replace', path: '/data/seq', value: '6'},
        operation,
      ]);
      expect(status).toBe(422);
      expect(body).toEqual({
        kind: 'Status',
        apiVersion: 'v1',
        metadata: {},
        status: 'Failure',
        message: 'the server rejected our request due to an error in our request',
        reason: 'Invalid',
        details: {},
        code: 422,
      });
      expect((await api().call('GET', `/configmaps/${name}`)).body.data).toEqual({seq: '5'});
    });

    test('a JSON patch replaces what is not there, and null tests absence', async () => {
      const name = freshName('lenient');
      await created(api(), name, {data: {seq: '5'}});
      const {status, body} = await api().patch(`/configmaps/${name}`, 'json', [
        {op: 'test', path: '/data/none', value: null},
        {op: 'replace', path: '/data/new', value: '1'},
      ]);
      expect([status, body.data]).toEqual([200, {seq: '5', new: '1'}]);
    });

    test('a merge patch adds, changes and, with null, removes', async () => {
      const name = freshName('merge');
      await created(api(), name, {data: {keep: '1', drop: '1'}, labels: {a: '1'}});
      const {body} = await api().patch(`/configmaps/${name}`, 'merge', {
        metadata: {labels: {b: '2'}},
        data: {drop: null, add: '2'},
      });
      expect(body.data).toEqual({keep: '1', add: '2'});
      expect(body.metadata?.labels).toEqual({a: '1', b: '2'});
    });

    test('a merge patch that names an older resourceVersion is refused with 409', async () => {
      const name = freshName('merge-stale');
      await created(api(), name);
      const patch = {metadata: {resourceVersion: '1'}, data: {key: 'late'}};
      const {status, body} = await api().patch(`/configmaps/${name}`, 'merge', patch);
      expect([status, body.reason]).toEqual([409, 'Conflict']);
    });

    test('a patch that changes nothing keeps the resourceVersion', async () => {
      const name = freshName('patch-same');
      const {metadata} = await created(api(), name);
      const {body} = await api().patch(`/configmaps/${name}`, 'merge', {data: {key: 'value'}});
      expect(body.metadata?.resourceVersion).toBe(metadata?.resourceVersion);
    });

    test('a patch of another uid is refused with 422', async () => {
      const name = freshName('patch-uid');
      await created(api(), name);
      const {status, body} = await api().patch(`/configmaps/${name}`, 'merge', {
        metadata: {uid: 'q'},
      });
      expect([status, body.reason]).toEqual([422, 'Invalid']);
      expect(body.message).toBe(
        `ConfigMap "${name}" is invalid: metadata.uid: Invalid value: "q": field is immutable`,
      );
    });

    test('a patch of what is not there is 404, of an unknown type 415', async () => {
      const missing = await api().patch('/configmaps/none', 'merge', {data: {a: '1'}});
      expect(missing.status).toBe(404);
      const name = freshName('type');
      await created(api(), name);
      const {status, body} = await api().call('PATCH', `/configmaps/${name}`, {data: {}});
      expect([status, body.reason]).toEqual([415, 'UnsupportedMediaType']);
    });
  });
}
