import {describe, expect, it} from 'vitest';
import {withoutSecrets} from '../../src/session/start/run-files.ts';

describe('a text without the secrets of a start JSON', () => {
  const without = (env: Record<string, string>, text: string) => withoutSecrets({env}, text);

  it('has *** for each, also where one is a part of another', () => {
    const env = {A_TOKEN: 'abcdef', B_TOKEN: 'abcdef-123', C_TOKEN: 'z-abcdef-123'};
    expect(without(env, 'a abcdef-123, z-abcdef-123, abcdef.')).toBe('a ***, ***, ***.');
  });

  it('has none of the lines of one', () => {
    const env = {A_SECRET: 'first line\nsecond line\nx'};
    expect(without(env, 'first line\nsecond line\nx')).toBe('***');
    expect(without(env, 'it says second line')).toBe('it says ***');
  });

  it('has no password of a URL', () => {
    const env = {DATABASE_URL: 'postgres://u:planted-pw@db/x'};
    expect(without(env, 'postgres://u:planted-pw@db/x: planted-pw')).toBe(
      'postgres://u:***@db/x: ***',
    );
  });

  it('keeps what is none, or too short to be hidden', () => {
    const env = {A_TOKEN: 'abc', PLAIN: 'plain text'};
    expect(without(env, 'abc, plain text')).toBe('abc, plain text');
  });
});
