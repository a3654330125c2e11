import {vi} from 'vitest';
import type {FaultAction, FaultMatch} from '../../dev-cluster/faults.ts';
import type {ApiObject} from '../../dev-cluster/store/object.ts';
import {city, type LogCity} from './log-city.ts';

export const event = (name: string, more = ''): string =>
  `{"ts":"2026-01-01T00:00:00Z","type":"${name}"${more}}`;

export const line = (seq: number, name: string): string => `{"seq":${seq},${event(name).slice(1)}`;

/** Too long to stand in the counter. */
export const BIG = event('big', `,"payload":"${'x'.repeat(17_000)}"`);

/** Nobody can tell from the answer whether the write took effect. */
export const LOST: [string, FaultAction][] = [
  ['a cut before its effect', {type: 'cut', when: 'before'}],
  ['a cut after its effect', {type: 'cut', when: 'after'}],
  ['500 before its effect', {type: 'status', code: 500}],
  ['500 after its effect', {type: 'status', code: 500, when: 'after'}],
];

export const configMaps = ({dev, env}: LogCity): ApiObject[] =>
  dev.store.list('configmaps', env.GC_K8S_NAMESPACE);

export const names = (own: LogCity): string[] => configMaps(own).map(({metadata}) => metadata.name);

export function counterOf(own: LogCity): ApiObject & {data: Record<string, string>} {
  const found = configMaps(own).find(({metadata}) => metadata.name === 'gc-events-seq');
  if (found === undefined) throw new Error('there is no counter');
  return {...found, data: found.data as Record<string, string>};
}

/** Changes the counter as another writer does. */
export function writeCounter(own: LogCity, data: Record<string, string>): void {
  own.dev.store.put('configmaps', {...counterOf(own), data});
}

export function putConfigMap(
  own: LogCity,
  name: string,
  more: object,
  metadata: object = {},
): void {
  own.dev.store.put('configmaps', {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {name, namespace: own.env.GC_K8S_NAMESPACE, uid: name, ...metadata},
    ...more,
  });
}

export function putEvent(own: LogCity, number: number, text: string, id: string): void {
  const name = `gc-evt-${String(number).padStart(10, '0')}`;
  putConfigMap(
    own,
    name,
    {immutable: true, data: {event: text}},
    {
      annotations: {'gc/record': id},
      labels: {'gc/component': 'event'},
    },
  );
}

/** The log as it is by now: number and type of each. */
export async function types(own: LogCity): Promise<string[]> {
  const events = (await own.log.events()).map(
    text => JSON.parse(text) as {seq: number; type: string},
  );
  return events.map(({seq, type}) => `${seq} ${type}`);
}

/** When each request of this method came. */
export const times = ({dev}: LogCity, method: string): number[] =>
  dev.requests.filter(each => each.method === method).map(({startedAt}) => startedAt);

/** Waits until so many requests of this method have come. */
export const requested = (own: LogCity, method: string, count = 1) =>
  vi.waitUntil(() => times(own, method).length >= count, {timeout: 30_000, interval: 5});

export async function withFirst(): Promise<LogCity> {
  const own = await city();
  await own.log.record(event('first'));
  own.dev.clearRequests();
  return own;
}

/** Does this once, just before the next request of this kind takes effect: somebody else was quicker. */
export function justBefore(own: Pick<LogCity, 'dev'>, match: FaultMatch, act: () => void): void {
  class Moment extends RegExp {
    #isOver = false;

    override test(): boolean {
      if (!this.#isOver) {
        this.#isOver = true;
        act();
      }
      return false;
    }
  }
  own.dev.faults.add({match: {...match, path: new Moment('')}, action: {type: 'hang'}});
}

/** Puts another writer's event at 2, and the counter there, just before our write of it. */
export function anotherIsQuicker(own: LogCity): void {
  justBefore(own, {method: 'PUT'}, () => {
    putEvent(own, 2, line(2, 'theirs'), 'theirs');
    writeCounter(own, {seq: '2'});
  });
}
