import {describe, expect, it} from 'vitest';
import {
  absolutePath,
  jsonArray,
  jsonObject,
  names,
  port,
  uid,
  yesOrNo,
} from '../../src/config/pod-values.ts';
import {asIs, dnsLabel, oneOf} from '../../src/config/values.ts';
import {SettingsError} from '../../src/errors.ts';
import {failureOf} from '../kit/failing.ts';

const colour = oneOf('red', 'green');

describe('a value that fits', () => {
  it.each([
    [asIs, ' any thing ', ' any thing '],
    [dnsLabel, 'gc', 'gc'],
    [dnsLabel, 'a'.repeat(63), 'a'.repeat(63)],
    [dnsLabel, '0-9', '0-9'],
    [yesOrNo, 'true', true],
    [yesOrNo, '1', true],
    [yesOrNo, 'false', false],
    [yesOrNo, '0', false],
    [colour, 'green', 'green'],
    [names, ' a, b ,,c,', ['a', 'b', 'c']],
    [port, '3307', '3307'],
    [port, '65535', '65535'],
    [uid, '0', 0],
    [uid, '2147483647', 2_147_483_647],
    [absolutePath, '/data/work space', '/data/work space'],
    [absolutePath, '/..a/b..', '/..a/b..'],
    [jsonObject, '{"disk": "ssd"}', {disk: 'ssd'}],
    [jsonArray, '[{"key": "a"}]', [{key: 'a'}]],
  ])('%o takes %j', (parse, text, value) => {
    expect(parse(text, 'GC_K8S_X')).toEqual(value);
  });
});

describe('a value that does not fit', () => {
  it.each([
    [dnsLabel, 'Big'],
    [dnsLabel, '-a'],
    [dnsLabel, 'a-'],
    [dnsLabel, 'a.b'],
    [dnsLabel, 'a/b'],
    [dnsLabel, 'a'.repeat(64)],
    [dnsLabel, 'a\n'],
    [yesOrNo, 'yes'],
    [yesOrNo, 'TRUE'],
    [colour, 'Red'],
    [colour, ''],
    [port, '0'],
    [port, '65536'],
    [port, 'http'],
    [port, '80.5'],
    [port, '-1'],
    [port, '1e3'],
    [uid, '-1'],
    [uid, 'root'],
    [uid, '2147483648'],
    [uid, '1.0'],
    [absolutePath, 'data'],
    [absolutePath, '/a/../b'],
    [absolutePath, '/a:b'],
    [jsonObject, '[]'],
    [jsonObject, 'null'],
    [jsonObject, '"text"'],
    [jsonArray, '{}'],
    [jsonArray, '7'],
  ])('%o refuses %j, naming variable and value', (parse, text) => {
    const message = failureOf(SettingsError, () => parse(text, 'GC_K8S_X'));
    expect(message).toContain(`GC_K8S_X=${text} is not valid; it must be `);
  });

  it.each([jsonObject, jsonArray])('%o says why a text is no JSON', parse => {
    expect(failureOf(SettingsError, () => parse('{nope', 'GC_K8S_X'))).toMatch(
      /^GC_K8S_X is not JSON: .*JSON/,
    );
  });
});
