import {expect, test} from 'vitest';
import {UsageError} from '../../src/errors.ts';
import {matches, readFilter, selectorOf} from '../../src/events/filter.ts';

const EVENT = {type: 't', actor: 'a', subject: 's', ts: '2026-11-21T06:00:00.5Z'};

test.each([
  '',
  ' \n',
  '{}',
  'null',
  '{"Type":"","AfterSeq":0,"Limit":-1,"Since":"0001-01-01T00:00:00Z"}',
])('%j asks for everything', json => {
  const filter = readFilter(json);
  expect(filter).toEqual({afterSeq: 0, beforeSeq: Infinity, limit: Infinity});
  expect(matches(filter, EVENT)).toBe(true);
  expect(selectorOf(filter)).toBe('gc/component=event');
});

test.each([
  ['{"Type":"t","Actor":"a","Subject":"s"}', true],
  ['{"Type":"T"}', false],
  ['{"Subject":"x"}', false],
  ['{"Since":"2026-11-21T06:00:00.500000000Z"}', true],
  ['{"Since":"2026-11-21T06:00:00.500000001Z"}', false],
  ['{"Until":"2026-11-21T07:00:00.5+01:00"}', true],
  ['{"Until":"2026-11-21T06:00:00.4999Z"}', false],
])('%s: %s', (json, expected) => {
  expect(matches(readFilter(json), EVENT)).toBe(expected);
});

test('only texts that have one label form everywhere are left to the server', () => {
  expect(selectorOf(readFilter('{"Type":"a b","Actor":"émile"}'))).toBe(
    'gc/component=event,gc/type=a_b',
  );
});

test.each([
  ['{', 'not JSON'],
  ['[]', 'must be a JSON object'],
  ['{"Type":1}', '"Type" must be a string'],
  ['{"AfterSeq":-1}', '"AfterSeq"'],
  ['{"BeforeSeq":"9"}', '"BeforeSeq"'],
  ['{"Limit":1.5}', '"Limit" must be a whole number'],
  ['{"Since":"noon"}', '"Since" must be a time'],
])('%s is refused: %s', (json, words) => {
  expect(() => readFilter(json)).toThrow(UsageError);
  expect(() => readFilter(json)).toThrow(words);
});
