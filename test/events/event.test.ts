import {expect, test} from 'vitest';
import {UsageError} from '../../src/errors.ts';
import {readNewEvent, readStoredEvent, withSeq} from '../../src/events/event.ts';

const NOW_MS = Date.UTC(2026, 10, 21, 6);
const recorded = (json: string) => withSeq(readNewEvent(json, NOW_MS).text, 42);

test('only seq is changed, and a given time stays as it is written', () => {
  const json =
    '{"type":"t","ts":"2026-11-21T06:00:00.10+01:00","seq":"?","x":1e400,"payload":{"n": 10000000000000000000001.0}}';
  expect(recorded(json)).toBe(
    '{"seq":42,"type":"t","ts":"2026-11-21T06:00:00.10+01:00","x":1e400,"payload":{"n":10000000000000000000001.0}}',
  );
});

test.each(['{}', '{"ts":null}', '{"ts":""}', '{"ts":"0001-01-01T00:00:00Z"}'])(
  '%s gets a time',
  json => {
    expect(recorded(json)).toBe('{"seq":42,"ts":"2026-11-21T06:00:00.000Z"}');
  },
);

test('what Go would take for the number goes, too', () => {
  expect(recorded('{"SEQ":7,"ts":"2026-11-21T06:00:00Z"}')).toBe(
    '{"seq":42,"ts":"2026-11-21T06:00:00Z"}',
  );
});

test.each([
  ['', 'not JSON'],
  ['{"a":}', 'not JSON'],
  ['[]', 'an array'],
  ['null', 'null'],
  ['{"type":5}', '"type" must be a string'],
  ['{"depends_on_step_ids":[1]}', '"depends_on_step_ids"'],
  ['{"ts":"noon"}', '"ts" must be a time'],
  [`{"payload":"${'x'.repeat(1_100_000)}"}`, 'at most 1024000 fit'],
  [`{"payload":${'['.repeat(10_000)}${']'.repeat(10_000)}}`, 'nested deeper'],
])('%.40s is refused: %s', (json, words) => {
  expect(() => readNewEvent(json, NOW_MS)).toThrow(UsageError);
  expect(() => readNewEvent(json, NOW_MS)).toThrow(words);
});

test('a stored event is read under its number, in one line', () => {
  expect(readStoredEvent('{"seq":3,\n "type":"t"}', 3)).toEqual({
    text: '{"seq":3,"type":"t"}',
    fields: {type: 't', actor: '', subject: '', ts: ''},
  });
  expect(readStoredEvent('{"type":"t","seq":9}', 3)?.text).toBe('{"seq":3,"type":"t"}');
  expect(readStoredEvent('no event', 3)).toBeUndefined();
});
