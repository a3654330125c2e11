import {describe, expect, test} from 'vitest';
import type {ApiClient} from './api-client.ts';
import {configMap, created, freshName} from './config-maps.ts';

export function describeErrors(api: () => ApiClient): void {
  describe('errors', () => {
    test.each(['configmaps', 'pods', 'secrets', 'events'])(
      '%s: what is not there is 404',
      async kind => {
        const {status, headers, body} = await api().call('GET', `/${kind}/none`);
        expect(status).toBe(404);
        expect(headers['content-type']).toBe('application/json');
        expect(body).toEqual({
          kind: 'Status',
          apiVersion: 'v1',
          metadata: {},
          status: 'Failure',
          message: `${kind} "none" not found`,
          reason: 'NotFound',
          details: {name: 'none', kind},
          code: 404,
        });
      },
    );

    test('an unknown resource is 404, a method it lacks 405', async () => {
      const unknown = await api().call('GET', '/gadgets');
      expect([
        unknown.status,
        unknown.text.includes('could not find the requested resource'),
      ]).toEqual([404, true]);
      const name = freshName('method');
      await created(api(), name);
      const method = await api().call('POST', `/configmaps/${name}`, configMap(name));
      expect([method.status, method.body.reason]).toEqual([405, 'MethodNotAllowed']);
    });

    test.each([
      ['a name with capitals', {metadata: {name: 'Capital'}}, 'metadata.name'],
      ['no name', {metadata: {}}, 'metadata.name'],
      ['a label value over 63', configMap('x', {labels: {a: 'x'.repeat(64)}}), 'metadata.labels'],
      ['a label value that ends in a dash', configMap('x', {labels: {a: 'x-'}}), 'metadata.labels'],
      ['a label key with a space', configMap('x', {labels: {'a b': 'x'}}), 'metadata.labels'],
      [
        'annotations over 256 KiB',
        configMap('x', {annotations: {a: 'x'.repeat(262_144)}}),
        'metadata.annotations',
      ],
      ['data over 1 MiB', configMap('x', {data: {a: 'x'.repeat(1_048_577)}}), '[]'],
      ['a data key with a space', configMap('x', {data: {'a b': 'x'}}), 'data[a b]'],
    ])('%s is refused with 422 naming the field', async (_what, object, field) => {
      const {status, body} = await api().call('POST', '/configmaps', object);
      expect([status, body.reason, body.code]).toEqual([422, 'Invalid', 422]);
      expect(body.details?.kind).toBe('ConfigMap');
      expect(body.details?.causes?.map(cause => cause.field)).toEqual([field]);
      expect(body.message).toContain(`is invalid: ${field}: `);
    });

    test('a request over 3 MiB is refused with 413', async () => {
      const large = configMap('x', {data: {a: 'x'.repeat(3 * 1024 * 1024)}});
      const {status, body} = await api().call('POST', '/configmaps', large);
      expect([status, body.reason, body.message]).toEqual([
        413,
        'RequestEntityTooLarge',
        'Request entity too large: limit is 3145728',
      ]);
    });

    test.each([
      [
        'another namespace',
        {metadata: {name: 'x', namespace: 'elsewhere'}},
        'does not match the namespace',
      ],
      [
        'another kind',
        {kind: 'Pod', apiVersion: 'v1', metadata: {name: 'x'}},
        'cannot be handled as a ConfigMap',
      ],
      [
        'a number for a string',
        configMap('x', {data: {a: 1}}),
        'cannot unmarshal number into Go struct field ConfigMap.data of type string',
      ],
    ])('%s in the body is refused with 400', async (_what, object, words) => {
      const {status, body} = await api().call('POST', '/configmaps', object);
      expect([status, body.reason]).toEqual([400, 'BadRequest']);
      expect(body.message).toContain(words);
    });
  });
}
