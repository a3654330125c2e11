import {describe, expect, test} from 'vitest';
import type {ApiClient, Body} from './api-client.ts';
import {created, freshName} from './config-maps.ts';

const names = ({items}: Body): (string | undefined)[] =>
  (items ?? []).map(({metadata}) => metadata?.name);

async function five(api: ApiClient, group: string): Promise<string[]> {
  const made = [1, 2, 3, 4, 5].map(number => `${group}-${number}`);
  for (const [index, name] of made.entries()) {
    await created(api, name, {
      labels: {group, number: `${index + 1}`, ...(index === 0 ? {first: ''} : {})},
    });
  }
  return made;
}

export function describeLists(api: () => ApiClient): void {
  describe('lists', () => {
    test('items carry no kind, the list has one and a resourceVersion', async () => {
      const group = freshName('bare');
      await five(api(), group);
      const {body} = await api().call('GET', `/configmaps?labelSelector=group=${group}`);
      expect([body.kind, body.apiVersion, body.items?.length]).toEqual(['ConfigMapList', 'v1', 5]);
      expect(body.items?.[0]?.kind).toBeUndefined();
      expect(Number(body.metadata?.resourceVersion)).toBeGreaterThan(0);
    });

    test('pages are one snapshot: what is deleted or made meanwhile does not show', async () => {
      const group = freshName('paged');
      const made = await five(api(), group);
      const path = `/configmaps?labelSelector=group=${group}&limit=2`;
      const first = (await api().call('GET', path)).body;
      await api().call('DELETE', `/configmaps/${group}-3`);
      await created(api(), `${group}-9`, {labels: {group}});
      const seen = names(first);
      let token = first.metadata?.continue ?? '';
      while (token !== '') {
        const {status, body} = await api().call('GET', `${path}&continue=${token}`);
        expect(status).toBe(200);
        expect(body.metadata?.resourceVersion).toBe(first.metadata?.resourceVersion);
        seen.push(...names(body));
        token = body.metadata?.continue ?? '';
      }
      expect(seen).toEqual(made);
    });

    test('a continue token from before the history is 410 Expired and offers another', async () => {
      const token = Buffer.from(
        JSON.stringify({v: 'meta.k8s.io/v1', rv: 2, start: '/a\0'}),
      ).toString('base64url');
      const {status, body} = await api().call('GET', `/configmaps?limit=2&continue=${token}`);
      expect([status, body.reason, body.code]).toEqual([410, 'Expired', 410]);
      expect(body.metadata?.continue).toMatch(/^[\w-]+$/);
    });

    test('a list exactly as of before the history is 410', async () => {
      const query = 'resourceVersion=1&resourceVersionMatch=Exact';
      const {status, body} = await api().call('GET', `/configmaps?${query}`);
      expect([status, body.reason, body.message]).toEqual([
        410,
        'Expired',
        'The resourceVersion for the provided list is too old.',
      ]);
    });

    test('a list by metadata.name gives the object and a current resourceVersion', async () => {
      const name = freshName('single');
      const {metadata} = await created(api(), name);
      const later = await created(api(), freshName('later'));
      const {body} = await api().call('GET', `/configmaps?fieldSelector=metadata.name=${name}`);
      expect(names(body)).toEqual([name]);
      expect(body.items?.[0]?.metadata?.resourceVersion).toBe(metadata?.resourceVersion);
      expect(Number(body.metadata?.resourceVersion)).toBeGreaterThanOrEqual(
        Number(later.metadata?.resourceVersion),
      );
      const none = await api().call('GET', '/configmaps?fieldSelector=metadata.name=none');
      expect([none.status, names(none.body)]).toEqual([200, []]);
      expect(Number(none.body.metadata?.resourceVersion)).toBeGreaterThan(0);
    });

    test.each([
      ['number=2', [2]],
      ['number==2', [2]],
      ['number!=2', [1, 3, 4, 5]],
      ['number in (1, 3)', [1, 3]],
      ['number notin (1,3)', [2, 4, 5]],
      ['first', [1]],
      ['!first', [2, 3, 4, 5]],
      ['number>3', [4, 5]],
      ['number<3,!first', [2]],
    ])('labelSelector %s', async (selector, expected) => {
      const group = freshName('selected');
      await five(api(), group);
      const query = encodeURIComponent(`group=${group},${selector}`);
      const {body} = await api().call('GET', `/configmaps?labelSelector=${query}`);
      expect(names(body)).toEqual(expected.map(number => `${group}-${number}`));
    });

    test.each([
      [
        'labelSelector=a%20b',
        "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt",
      ],
      [
        'fieldSelector=foo=1',
        '"foo" is not a known field selector: only "metadata.name", "metadata.namespace"',
      ],
      ['fieldSelector=foo', "invalid selector: 'foo'; can't understand 'foo'"],
      ['limit=x', 'strconv.ParseInt: parsing "x": invalid syntax'],
    ])('%s is refused with 400', async (query, message) => {
      const {status, body} = await api().call('GET', `/configmaps?${query}`);
      expect([status, body.reason, body.message]).toEqual([400, 'BadRequest', message]);
    });

    test('metadata alone, when it is asked for', async () => {
      const name = freshName('meta');
      await created(api(), name);
      const one = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1';
      const many = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';
      const get = await api().call('GET', `/configmaps/${name}`, undefined, {accept: one});
      expect([get.body.kind, get.body.apiVersion, get.body.data]).toEqual([
        'PartialObjectMetadata',
        'meta.k8s.io/v1',
        undefined,
      ]);
      const list = await api().call(
        'GET',
        `/configmaps?fieldSelector=metadata.name=${name}`,
        undefined,
        {accept: many},
      );
      expect(list.body.kind).toBe('PartialObjectMetadataList');
      expect(list.body.items?.[0]).toMatchObject({kind: 'PartialObjectMetadata', metadata: {name}});
      expect(list.body.items?.[0]?.data).toBeUndefined();
      const wrong = await api().call('GET', `/configmaps/${name}`, undefined, {accept: many});
      expect([wrong.status, wrong.body.reason]).toEqual([406, 'NotAcceptable']);
    });

    test('deletecollection deletes what the selector names, and gives it', async () => {
      const group = freshName('sweep');
      await five(api(), group);
      const query = encodeURIComponent(`group=${group},number in (1,2)`);
      const {status, body} = await api().call('DELETE', `/configmaps?labelSelector=${query}`);
      expect([status, body.kind, names(body)]).toEqual([
        200,
        'ConfigMapList',
        [`${group}-1`, `${group}-2`],
      ]);
      const left = await api().call('GET', `/configmaps?labelSelector=group=${group}`);
      expect(names(left.body)).toEqual([3, 4, 5].map(number => `${group}-${number}`));
    });
  });
}
