import {expect, test} from 'vitest';
import {
  eventName,
  eventObject,
  numberOf,
  readStored,
  tombstoneObject,
} from '../../src/events/codec.ts';

test('an event object is what kubectl and the shell provider expect, and cannot be changed', () => {
  const object = eventObject(1, 'id', '{"seq":1,"type":"a!b","actor":""}');
  expect(object).toMatchObject({
    metadata: {
      name: 'gc-evt-0000000001',
      labels: {
        'app.kubernetes.io/managed-by': 'gascity',
        'gc/component': 'event',
        'gc/type': 'a_b',
        'gc/actor': 'unknown',
      },
    },
    immutable: true,
    data: {event: '{"seq":1,"type":"a!b","actor":""}'},
  });
  expect(readStored(object)).toMatchObject({number: 1, id: 'id', event: {fields: {type: 'a!b'}}});
});

test('a tombstone holds no event, is not listed as one, and cannot be changed', () => {
  expect(tombstoneObject(2)).toMatchObject({
    immutable: true,
    metadata: {labels: {'gc/component': 'event-void'}},
  });
  expect(readStored(tombstoneObject(2))).toEqual({number: 2, id: undefined, event: undefined});
});

test('names are numbers', () => {
  expect(numberOf(eventName(12_345_678_901))).toBe(12_345_678_901);
  expect(numberOf('gc-events-seq')).toBeUndefined();
});
