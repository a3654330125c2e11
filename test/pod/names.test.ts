import {describe, expect, it} from 'vitest';
import {UsageError} from '../../src/errors.ts';
import {checkedSession, labelForm, podName, podNames} from '../../src/pod/names.ts';
import {failureOf} from '../kit/failing.ts';

const DNS_LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
const LABEL_VALUE = /^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/;

const STRANGE = [
  'City/rig.polecat-1',
  '../../x',
  '-',
  '...',
  'été ☃ 🎉',
  'a\u2028b',
  '$(reboot); "x"',
  'x'.repeat(80),
  `${'x'.repeat(62)}-y`,
  'K',
];

describe('podName', () => {
  it.each(['mayor', 'coder-1', '0', 'a'.repeat(63)])('keeps the plain name %s', session => {
    expect(podName(session)).toBe(session);
  });

  it.each(STRANGE)('makes %j a DNS label with a hash, found before the plain form', session => {
    const name = podName(session);
    expect(name).toMatch(DNS_LABEL);
    expect(name).toMatch(/-[0-9a-f]{10}$/);
    expect([...podNames(session)][0]).toBe(name);
    for (const other of podNames(session)) expect(other).toMatch(DNS_LABEL);
  });

  it('looks for pods of other providers under the plain form', () => {
    expect([...podNames('City/A.b')]).toEqual([podName('City/A.b'), 'city-a-b']);
    expect([...podNames('a-b')][0]).toBe('a-b');
    expect([...podNames('...')]).toHaveLength(1);
  });

  it('takes a name of dashes alone in no time', () => {
    expect(podName(`${'-'.repeat(500_000)}a`)).toMatch(/^a-[0-9a-f]{10}$/);
  });

  it('never gives two sessions one pod', () => {
    const sessions = [
      ...['a/b', 'a-b', 'a.b', 'A-b', 'a-b-', '-a-b', 'a_b', 'a b'],
      ...['x'.repeat(79) + 'y', 'x'.repeat(79) + 'z', 'x'.repeat(63), 'x'.repeat(64)],
      ...['é', 'è', '..', '...', '../../x', '../x'],
    ];
    expect(new Set(sessions.map(podName)).size).toBe(sessions.length);
  });
});

describe('labelForm', () => {
  it.each([
    ['mayor', 'mayor'],
    ['City/A.b', 'City-A.b'],
    ['_x_', 'x'],
    ['.-a', 'a'],
    ['', 'unknown'],
    ['///', 'unknown'],
    ['☃', 'unknown'],
    ['a b\tc', 'a-b-c'],
    [`${'x'.repeat(62)}--y`, 'x'.repeat(62)],
  ])('of %j is %s', (text, label) => {
    expect(labelForm(text)).toBe(label);
  });

  it.each(STRANGE)('of %j is a valid label', text => {
    expect(labelForm(text)).toMatch(LABEL_VALUE);
  });
});

describe('checkedSession', () => {
  it.each(['a', '../../x', 'été', ' ', '-rf', 'x'.repeat(1024)])('takes %.20s', name => {
    expect(checkedSession(name)).toBe(name);
  });

  it.each([
    [undefined, 'needed'],
    ['', 'needed'],
    ['a\nb', 'control characters'],
    ['a\u0000', 'control characters'],
    ['\u001b[31m', 'control characters'],
    ['\u007f', 'control characters'],
    ['x'.repeat(1025), '1024'],
    ['é'.repeat(513), '1024'],
  ])('refuses %.20j', (name, why) => {
    const message = failureOf(UsageError, () => checkedSession(name));
    expect(message).toContain(why);
    expect(message).not.toMatch(/[\n\u001b]/);
  });
});
