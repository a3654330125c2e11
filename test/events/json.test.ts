import {expect, test} from 'vitest';
import {compact, depthOf, joinObject, splitObject} from '../../src/events/json.ts';

test('values keep their digits and lose only the space between tokens', () => {
  const text = '{ "a" : 12345678901234567890.100 , "b":[ 1, {"c" : "x , } y"} ],"d":"\\"{ " }\n';
  expect(joinObject(splitObject(text))).toBe(
    '{"a":12345678901234567890.100,"b":[1,{"c":"x , } y"}],"d":"\\"{ "}',
  );
});

test('of two members with one key the last stays, however it is escaped', () => {
  expect(joinObject(splitObject('{"a":1,"b":2,"\\u0061":3}'))).toBe('{"b":2,"a":3}');
});

test('an empty object stays one', () => {
  expect(joinObject(splitObject(' { } '))).toBe('{}');
});

test('a quote after an escaped backslash ends the string', () => {
  expect(splitObject('{"a":"\\\\","b":1}')).toEqual([
    {key: 'a', raw: '"\\\\"'},
    {key: 'b', raw: '1'},
  ]);
});

test('no depth overflows the stack', () => {
  const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
  expect(splitObject(`{"a": ${deep}}`)[0]?.raw).toBe(deep);
  expect(depthOf(deep)).toBe(200_000);
  expect(compact(` ${deep} `)).toBe(deep);
});
