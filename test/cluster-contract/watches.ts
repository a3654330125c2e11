import {describe, expect, test} from 'vitest';
import type {ApiClient, WatchLine} from './api-client.ts';
import {created, freshName} from './config-maps.ts';

async function take(lines: AsyncIterable<WatchLine>, count: number): Promise<string[]> {
  const seen: string[] = [];
  for await (const {type, object} of lines) {
    seen.push(`${type} ${object.metadata?.name ?? ''} ${object.data?.key ?? ''}`.trim());
    if (seen.length === count) break;
  }
  return seen;
}

async function revision(api: ApiClient): Promise<string> {
  const {body} = await api.call('GET', '/configmaps?fieldSelector=metadata.name=none');
  return body.metadata?.resourceVersion ?? '';
}

export function describeWatches(api: () => ApiClient): void {
  describe('watches', () => {
    test('from a list on, every change comes once and in order, past ones included', async () => {
      const name = freshName('watched');
      const from = await revision(api());
      await created(api(), name, {data: {key: '1'}});
      await api().patch(`/configmaps/${name}`, 'merge', {data: {key: '2'}});
      const lines = api().watch(
        `/configmaps?watch=1&fieldSelector=metadata.name=${name}&resourceVersion=${from}`,
      );
      const seen = take(lines, 4);
      await api().patch(`/configmaps/${name}`, 'merge', {data: {key: '3'}});
      await api().call('DELETE', `/configmaps/${name}`);
      expect(await seen).toEqual([
        `ADDED ${name} 1`,
        `MODIFIED ${name} 2`,
        `MODIFIED ${name} 3`,
        `DELETED ${name} 3`,
      ]);
    });

    test('a watch resumes after the resourceVersion of an event', async () => {
      const name = freshName('resumed');
      const {metadata} = await created(api(), name, {data: {key: '1'}});
      await api().patch(`/configmaps/${name}`, 'merge', {data: {key: '2'}});
      const from = metadata?.resourceVersion ?? '';
      const path = `/configmaps?watch=1&fieldSelector=metadata.name=${name}&resourceVersion=${from}`;
      expect(await take(api().watch(path), 1)).toEqual([`MODIFIED ${name} 2`]);
    });

    test('without a resourceVersion the objects there come first, as ADDED', async () => {
      const group = freshName('initial');
      await created(api(), `${group}-a`, {labels: {group}});
      await created(api(), `${group}-b`, {labels: {group}});
      const path = `/configmaps?watch=1&timeoutSeconds=1&labelSelector=group=${group}`;
      expect((await take(api().watch(path), 2)).sort()).toEqual([
        `ADDED ${group}-a value`,
        `ADDED ${group}-b value`,
      ]);
    });

    test('an object that enters or leaves the selection is ADDED or DELETED', async () => {
      const group = freshName('moving');
      const from = await revision(api());
      await created(api(), group, {labels: {group: 'other'}});
      const label = (value: string): Promise<unknown> =>
        api().patch(`/configmaps/${group}`, 'merge', {metadata: {labels: {group: value}}});
      await label(group);
      await api().patch(`/configmaps/${group}`, 'merge', {data: {key: '2'}});
      await label('other');
      const path = `/configmaps?watch=1&labelSelector=group=${group}&resourceVersion=${from}`;
      expect(await take(api().watch(path), 3)).toEqual([
        `ADDED ${group} value`,
        `MODIFIED ${group} 2`,
        `DELETED ${group} 2`,
      ]);
    });

    test('a deletion carries its own, newer resourceVersion', async () => {
      const name = freshName('revision');
      const {metadata} = await created(api(), name);
      await api().call('DELETE', `/configmaps/${name}`);
      const path = `/configmaps?watch=1&fieldSelector=metadata.name=${name}&resourceVersion=${metadata?.resourceVersion ?? ''}`;
      for await (const {type, object} of api().watch(path)) {
        expect(type).toBe('DELETED');
        expect(Number(object.metadata?.resourceVersion)).toBeGreaterThan(
          Number(metadata?.resourceVersion),
        );
        break;
      }
    });

    const first = async (query: string): Promise<WatchLine | undefined> => {
      for await (const line of api().watch(`/configmaps?watch=1&timeoutSeconds=4&${query}`))
        return line;
      return undefined;
    };

    test('a bookmark tells how far the watch has come, and nothing else', async () => {
      const name = freshName('passed');
      const {metadata} = await created(api(), name);
      const from = metadata?.resourceVersion ?? '';
      // Nothing is told of a watch that is nowhere else than where it began.
      let count = 0;
      const changing = setInterval(() => {
        count += 1;
        void api().patch(`/configmaps/${name}`, 'merge', {data: {key: String(count)}});
      }, 200);
      const line = await first(
        `allowWatchBookmarks=true&fieldSelector=metadata.name=none&resourceVersion=${from}`,
      );
      clearInterval(changing);
      const resourceVersion = line?.object.metadata?.resourceVersion ?? '';
      expect(line).toEqual({
        type: 'BOOKMARK',
        object: {kind: 'ConfigMap', apiVersion: 'v1', metadata: {resourceVersion}},
      });
      expect(Number(resourceVersion)).toBeGreaterThan(Number(from));
    });

    test('a bookmark ends the objects that were there', async () => {
      const line = await first('allowWatchBookmarks=true&fieldSelector=metadata.name=none');
      expect(line?.object.metadata).toEqual({
        resourceVersion: expect.stringMatching(/^\d+$/) as unknown,
        annotations: {'k8s.io/initial-events-end': 'true'},
      });
    });

    test('a watch from before the history is told 410 as an ERROR, and ends', async () => {
      const lines: WatchLine[] = [];
      for await (const line of api().watch('/configmaps?watch=1&resourceVersion=1'))
        lines.push(line);
      expect(lines).toEqual([
        {
          type: 'ERROR',
          object: {
            kind: 'Status',
            apiVersion: 'v1',
            metadata: {},
            status: 'Failure',
            message: expect.stringMatching(/^too old resource version: 1 \(\d+\)$/) as unknown,
            reason: 'Expired',
            code: 410,
          },
        },
      ]);
    });

    test('timeoutSeconds ends the stream', async () => {
      const from = await revision(api());
      const path = `/configmaps?watch=1&timeoutSeconds=1&fieldSelector=metadata.name=none&resourceVersion=${from}`;
      expect(await take(api().watch(path), 1)).toEqual([]);
    });
  });
}
