import {mkdirSync, symlinkSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {below, normal, PathMap} from '../../src/pod/paths.ts';
import {temporaryDirectory} from '../kit/temporary-directory.ts';

const CITY = '/home/u/city';

describe('PathMap', () => {
  it.each([
    [CITY, '/workspace'],
    [`${CITY}/`, '/workspace'],
    [`${CITY}/a/b`, '/workspace/a/b'],
    [`${CITY}/a/../b//c/`, '/workspace/b/c'],
    [`${CITY}/../city/a`, '/workspace/a'],
    [`${CITY}-2/a`, undefined],
    [`${CITY}/../x`, undefined],
    ['/else', undefined],
    ['a/b', undefined],
    ['', undefined],
  ])('maps %j to %j', (path, inPod) => {
    expect(new PathMap(`${CITY}/`).inCity(path)).toBe(inPod);
    expect(new PathMap(CITY).workDirectory(path)).toBe(inPod ?? '/workspace');
  });

  it.each([undefined, '', 'relative/city'])('maps nothing for the city %j', city => {
    const paths = new PathMap(city);
    expect(paths.city).toBeUndefined();
    expect(paths.inCity('/a')).toBeUndefined();
    expect(paths.workDirectory('/a')).toBe('/workspace');
    expect(paths.workDirectory(undefined)).toBe('/workspace');
    expect(paths.compatibilityMount()).toBeUndefined();
  });

  it('maps everything when the city is the root', () => {
    expect(new PathMap('/').inCity('/a')).toBe('/workspace/a');
  });
});

describe('a city behind a link', () => {
  it.each([
    ['city', 'real/city/rigs/a', '/workspace/rigs/a'],
    ['real/city', 'link/city/rigs/a', '/workspace/rigs/a'],
    ['link/city', 'real/city/rigs/not/yet', '/workspace/rigs/not/yet'],
    ['link/city', 'city', '/workspace'],
    ['link/later', 'real/later/rigs/a', '/workspace/rigs/a'],
    ['link/city', 'real/other', undefined],
  ])('%s has %s at %s', (city, path, inPod) => {
    const home = temporaryDirectory();
    const at = (place: string) => join(home, place);
    mkdirSync(at('real/city/rigs/a'), {recursive: true});
    symlinkSync('real', at('link'));
    symlinkSync(at('real/city'), at('city'));
    expect(new PathMap(at(city)).inCity(at(path))).toBe(inPod);
  });
});

describe('the compatibility mount', () => {
  it.each([CITY, '/srv/city', '/tmp/city', '/Users/u/city', '/opt/x', '/var/cities/a', '/binary'])(
    'is at %s',
    city => {
      expect(new PathMap(city).compatibilityMount()).toBe(city);
      expect(new PathMap(`${city}/./`).compatibilityMount()).toBe(city);
    },
  );

  it.each([
    ...['/workspace', '/workspace/', '/workspace/city', '/', '//', '/x/..'],
    ...['/home', '/tmp', '/var', '/root', '/opt', '/srv', '/mnt', '/Users'],
    ...['/etc', '/etc/city', '/usr/share/city', '/proc/1', '/dev/shm', '/sys', '/run/gc'],
    ...['/bin/x', '/lib64/x', '/var/lib/city', '/var/run/x', '/boot'],
    '/a:b',
  ])('is refused at %s', city => {
    expect(new PathMap(city).compatibilityMount()).toBeUndefined();
  });
});

describe('below', () => {
  it.each([
    ['/a', '/a', ''],
    ['/a', '/a/b', 'b'],
    ['/', '/a', 'a'],
    ['/a', '/ab', undefined],
    ['/a/b', '/a', undefined],
  ])('of %s: %s is %j', (root, path, rest) => {
    expect(below(root, path)).toBe(rest);
  });
});

describe('normal', () => {
  it.each([
    ['/a//b/./c/../', '/a/b'],
    ['/', '/'],
    ['/..', '/'],
    ['a/', 'a'],
  ])('%s is %s', (path, result) => {
    expect(normal(path)).toBe(result);
  });
});
