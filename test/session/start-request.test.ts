import {describe, expect, it} from 'vitest';
import {UsageError} from '../../src/errors.ts';
import {startRequest} from '../../src/session/start-request.ts';
import {failureOf} from '../kit/failing.ts';

const warnings: string[] = [];
const warn = (text: string) => void warnings.push(text);
const read = (value: unknown) => startRequest(Buffer.from(JSON.stringify(value)), warn);

const FULL = {
  work_dir: '/w',
  command: 'claude "x"',
  env: {A: '1', _b: '', 'c.d-e': 'é\n'},
  lifecycle: 'one_shot',
  process_names: ['claude'],
  nudge: 'hello',
  ready_prompt_prefix: '>',
  ready_delay_ms: 0,
  pre_start: ['a', ''],
  session_setup: [],
  session_setup_script: '/s',
  session_live: ['b'],
  overlay_dir: '/o',
  pack_overlay_dirs: ['/p'],
  copy_files: [{src: '/f'}, {src: '/g', rel_dst: '../x'}],
};

describe('startRequest', () => {
  it('gives every field', () => {
    expect(read(FULL)).toEqual(FULL);
  });

  it.each(['', ' \n', '{}'])('takes %j for no field at all', input => {
    expect(startRequest(Buffer.from(input), warn)).toEqual({});
  });

  it('ignores unknown fields', () => {
    expect(read({city: 'x', copy_files: [{src: '/f', mode: 1}]})).toEqual({
      copy_files: [{src: '/f'}],
    });
  });

  it('takes null for an absent field, as Go writes empty slices, and no path for no directory', () => {
    const nulls = Object.fromEntries(Object.keys(FULL).map(name => [name, null]));
    expect(Object.values(read(nulls)).filter(value => value !== undefined)).toEqual([]);
    expect(read({work_dir: ''}).work_dir).toBeUndefined();
    expect(
      read({copy_files: [{src: '/f', rel_dst: null}]}).copy_files?.[0]?.rel_dst,
    ).toBeUndefined();
  });

  it.each([
    [{work_dir: 1}, 'work_dir must be a string'],
    [{command: ['a']}, 'command must be a string'],
    [{env: []}, 'env must be an object'],
    [{env: {A: 1}}, 'env.A must be a string'],
    [{env: {A: null}}, 'env.A must be a string'],
    [{lifecycle: true}, 'lifecycle must be a string'],
    [{process_names: 'a'}, 'process_names must be an array'],
    [{process_names: ['a', 2]}, 'process_names.1 must be a string'],
    [{nudge: {}}, 'nudge must be a string'],
    [{ready_prompt_prefix: 1}, 'ready_prompt_prefix must be a string'],
    [{ready_delay_ms: '5'}, 'ready_delay_ms must be a'],
    [{ready_delay_ms: 1.5}, 'ready_delay_ms must be an int'],
    [{ready_delay_ms: -1}, 'ready_delay_ms must be 0 or more, not -1'],
    [{ready_delay_ms: 1e300}, 'ready_delay_ms must be '],
    [{pre_start: 'a'}, 'pre_start must be an array'],
    [{session_setup: {}}, 'session_setup must be an array'],
    [{session_setup_script: []}, 'session_setup_script must be a string'],
    [{session_live: [null]}, 'session_live.0 must be a string'],
    [{overlay_dir: 1}, 'overlay_dir must be a string'],
    [{pack_overlay_dirs: [1]}, 'pack_overlay_dirs.0 must be a string'],
    [{copy_files: {}}, 'copy_files must be an array'],
    [{copy_files: ['a']}, 'copy_files.0 must be an object'],
    [{copy_files: [{}]}, 'copy_files.0.src must be a string'],
    [{copy_files: [{src: '/f', rel_dst: 1}]}, 'copy_files.0.rel_dst must be a string'],
    [[], 'must be an object'],
    ['text', 'must be an object'],
    [null, 'must be an object'],
    [{env: {A: 'x\0'}}, 'env.A holds a NUL byte'],
  ])('refuses %j: %s', (value, why) => {
    const message = failureOf(UsageError, () => read(value));
    expect(message).toContain(`start JSON: ${why}`);
    expect(message).not.toContain('\n');
  });

  it.each(['a b', '', '1a', 'a=b', 'BASH_FUNC_x%%'])(
    'leaves out %j, which names no variable, and says so',
    name => {
      warnings.length = 0;
      expect(read({env: {A: '1', [name]: 'x\0', B: '2'}}).env).toEqual({A: '1', B: '2'});
      expect(warnings).toEqual([
        `env.${JSON.stringify(name)} is no name of a variable (letters, digits, "_", "." and "-" are): left out`,
      ]);
    },
  );

  it.each(['{', 'nope', '{}x'])('refuses %j, which is no JSON', input => {
    expect(failureOf(UsageError, () => startRequest(Buffer.from(input), warn))).toMatch(
      /^start JSON is not JSON: /,
    );
  });
});
