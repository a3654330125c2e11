import {describe, expect, it} from 'vitest';
import {UsageError} from '../../src/errors.ts';
import {metaAnnotations, metaKey, metaValue, tmuxHolds} from '../../src/pod/meta.ts';
import {failureOf} from '../kit/failing.ts';

const ANNOTATION_NAME = /^[a-z0-9-]+\/[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/;

/** Annotations as the API server would hold them after a patch with these. */
function patched(
  before: Record<string, string>,
  changes: Record<string, string | null>,
): Record<string, string> {
  const after = Object.entries({...before, ...changes});
  return Object.fromEntries(
    after.flatMap(([name, value]) => (value === null ? [] : [[name, value]])),
  );
}

describe('metaKey', () => {
  it.each(['GC_DRAIN', 'a', 'a.b-c_d', 'x'.repeat(63)])('keeps %s readable', key => {
    expect(metaKey(key)).toMatchObject({key, textAnnotation: `gc-meta/${key}`});
    expect(metaKey(key).keyAnnotation).toBeUndefined();
  });

  it.each(['a/b', 'a b', '-a', 'a_', 'é', 'a=b', 'a;', "'", '../x', 'x'.repeat(64)])(
    'finds names for %s',
    key => {
      const {name, textAnnotation, base64Annotation, keyAnnotation} = metaKey(key);
      expect(name).toMatch(/^[a-z0-9]+$/);
      for (const annotation of [textAnnotation, base64Annotation, keyAnnotation]) {
        expect(annotation).toMatch(ANNOTATION_NAME);
      }
      expect(metaAnnotations(metaKey(key), Buffer.from('v'))).toMatchObject({
        [String(keyAnnotation)]: key,
      });
    },
  );

  it('keeps two keys apart', () => {
    const keys = ['a/b', 'a-b', 'a.b', 'a b', 'x'.repeat(64), `${'x'.repeat(63)}y`];
    expect(new Set(keys.map(key => metaKey(key).textAnnotation)).size).toBe(keys.length);
    expect(new Set(keys.map(key => metaKey(key).name)).size).toBe(keys.length);
  });

  it.each([undefined, '', 'a\nb', 'a\0'])('refuses %j', key => {
    failureOf(UsageError, () => metaKey(key));
  });
});

describe('a value in annotations', () => {
  const key = metaKey('K');

  it.each([
    Buffer.from(''),
    Buffer.from('x=1\n"é"\n\n'),
    Buffer.from('a\0b\u001b[0m'),
    Buffer.from('\ufeffmarked'),
    Buffer.from([0xff, 0xfe, 0]),
    Buffer.from([0xc3]),
    Buffer.from('x'.repeat(128 * 1024)),
  ])('%# comes back exactly, whatever was there before', value => {
    for (const before of ['text', Buffer.from([0xff])]) {
      const old = patched({other: 'x'}, metaAnnotations(key, Buffer.from(before)));
      const now = patched(old, metaAnnotations(key, value));
      expect(metaValue(key, now)?.equals(value)).toBe(true);
      expect(now.other).toBe('x');
    }
  });

  it('is undefined when there is none', () => {
    expect(metaValue(key, undefined)).toBeUndefined();
    expect(metaValue(key, {'gc-meta/k': 'x'})).toBeUndefined();
  });

  it('is refused over 128 KiB, by its key', () => {
    const big = Buffer.alloc(128 * 1024 + 1);
    const message = failureOf(UsageError, () => metaAnnotations(metaKey('a\tb'), big));
    expect(message).toContain('"a\\tb" is 131073 bytes');
  });
});

describe('tmuxHolds', () => {
  const holds = (value: string | Buffer, key = 'K') => tmuxHolds(metaKey(key), Buffer.from(value));

  it.each(['', 'true', 'x=1\n"é"\n\n', 'a\tb', 'a;', '-x', '$(x) `y` \\', '日本 👩‍💻', '\\;'])(
    'is true for %j',
    value => {
      expect(holds(value)).toBe(true);
    },
  );

  it.each([
    'a\0',
    '\u001b[31m',
    'a\rb',
    '\b',
    '\u007f',
    '\u0085',
    '\u2028',
    '\ue000',
    '\u{10ffff}',
    Buffer.from([0xff]),
    'x'.repeat(16_001),
  ])('is false for %#, which some tmux gives back as something else', value => {
    expect(holds(value)).toBe(false);
  });

  it.each(['a=b', '=', 'a\u001b', 'x'.repeat(16_001)])('is false for the key %.20j', key => {
    expect(holds('x', key)).toBe(false);
  });

  it('counts key and value together', () => {
    expect(holds('x'.repeat(15_000), 'k'.repeat(1000))).toBe(true);
    expect(holds('x'.repeat(15_001), 'k'.repeat(1000))).toBe(false);
  });
});
