import {load} from 'js-yaml';
import {describe, expect, it} from 'vitest';
import {parseKubeconfig, readUsualYaml} from '../../src/kube/kubeconfig-yaml.ts';
import {randomOf} from '../kit/random.ts';
import {kubeconfigs} from './kubeconfig-corpus.ts';

const GAVE_UP = undefined;

function asJsYamlReads(text: string): {value: unknown} | {refused: string} {
  try {
    return {value: load(text)};
  } catch (error) {
    return {refused: (error as Error).message};
  }
}

/** Fails when the fast reader answered otherwise than js-yaml; tells whether it answered. */
function agrees(text: string, origin: string): boolean {
  const value = readUsualYaml(text);
  if (value === GAVE_UP) return false;
  expect({value}, `${origin}, text ${JSON.stringify(text)}`).toStrictEqual(asJsYamlReads(text));
  return true;
}

describe('the fast reader', () => {
  it.each(Object.entries(kubeconfigs))('reads %s as js-yaml does, by itself', (name, text) => {
    expect(agrees(text, name)).toBe(true);
  });

  it('reads every usual kubeconfig as JSON, pretty and dense', () => {
    for (const [name, text] of Object.entries(kubeconfigs)) {
      expect(agrees(JSON.stringify(load(text)), name)).toBe(true);
      expect(agrees(JSON.stringify(load(text), null, 2), name)).toBe(true);
    }
  });

  it.each([
    'a: &anchor b\nc: *anchor\n',
    'a: !!str 1\n',
    'a: |\n  text\n',
    'a: >-\n  text\n',
    'a: one\n  two\n',
    '- one\n  two\n',
    'a: "one\n  two"\n',
    'a: "\\x41"\n',
    'a:\tb\n',
    'a: 1\n---\nb: 2\n',
    '<<: {a: b}\n',
    '? a\n: b\n',
    'a: 2024-05-30\n',
    'a: 0x10\n',
    'a: 1e3\n',
    'a: .inf\n',
    'a: 1\na: 2\n',
    'a: b: c\n',
    '{a: 1, a: 2}\n',
    '{a: b # c\n}\n',
    '[one\n two]\n',
    'a: \u00e4\n',
    '%YAML 1.2\n---\na: b\n',
    '__proto__: {a: b}\n',
    'a: b\r\n',
    '- - a\n',
    `a: ${'['.repeat(60)}${']'.repeat(60)}\n`,
    '',
    '# nothing\n',
  ])('leaves %j to js-yaml', text => {
    expect(readUsualYaml(text)).toBe(GAVE_UP);
  });

  it.each([
    ['a: yes', {a: 'yes'}],
    ['a:\n- b\nc: ~', {a: ['b'], c: null}],
    ['a: #b\nc: d#e', {a: null, c: 'd#e'}],
    ["a: 'it''s' # b", {a: "it's"}],
    ['a: "say \\"b\\" \\u00e4\\\\"', {a: 'say "b" ä\\'}],
    [
      '- --flag\n- 6dae42f8-4368-4678-94ff-3960e28e3630',
      ['--flag', '6dae42f8-4368-4678-94ff-3960e28e3630'],
    ],
    ['a: ./b\nb: -c\nc: 10.0.0.1:64/x', {a: './b', b: '-c', c: '10.0.0.1:64/x'}],
    ['-   "a": b\n    c: d\n-\n  e: f\n-', [{a: 'b', c: 'd'}, {e: 'f'}, null]],
    ['{"a":[1,true,null,"b"],}', {a: [1, true, null, 'b']}],
  ])('reads %j', (text, value) => {
    expect(readUsualYaml(text)).toStrictEqual(value);
    agrees(text, 'example');
  });

  it('never differs from js-yaml on mutated kubeconfigs', () => {
    const seed = Number(process.env.GC_K8S_TEST_SEED ?? Math.floor(Math.random() * 2 ** 31));
    const random = randomOf(seed);
    const texts = Object.values(kubeconfigs);
    let answered = 0;
    for (let round = 0; round < 6000; round += 1) {
      const text = mutated(texts, random);
      if (agrees(text, `GC_K8S_TEST_SEED=${seed}`)) answered += 1;
    }
    // A reader that always gives up would agree as well.
    expect(answered, `GC_K8S_TEST_SEED=${seed}`).toBeGreaterThan(600);
  });

  it('never differs from js-yaml on texts put together at random', () => {
    const seed = Number(process.env.GC_K8S_TEST_SEED ?? Math.floor(Math.random() * 2 ** 31));
    const random = randomOf(seed);
    let answered = 0;
    for (let round = 0; round < 20_000; round += 1) {
      const count = 1 + Math.floor(random() * 14);
      const text = Array.from({length: count}, () => pick(PIECES, random)).join('');
      if (agrees(text, `GC_K8S_TEST_SEED=${seed}`)) answered += 1;
    }
    expect(answered, `GC_K8S_TEST_SEED=${seed}`).toBeGreaterThan(300);
  });
});

describe('parseKubeconfig', () => {
  it('reads with js-yaml what the fast reader leaves', async () => {
    expect(await parseKubeconfig('a: &x b\nc: *x\nd: |\n  e\n')).toEqual({
      a: 'b',
      c: 'b',
      d: 'e\n',
    });
  });
});

const PIECES = [
  'a: ', 'b: ', 'a:', 'b:', '"c": ', "'d': ", '- ', '-', '- a: ', '\n', '\n', '\n', '\n  ', '\n  ',
  '\n    ', ' ', '  ', '{', '}', '[', ']', ',', ', ', '"', "'", '#', ' # c', ':', 'x', 'true', '~',
  'null', '12', '0o7', '1.5', '-', '.', '?', '? ', '&a ', '*a', '!', '|', '>', '%', '@', '`', '<<',
  '"q"', "'s'", '\\', '\t', '---', '\n---\n', '...', 'a b', 'http://h:1', 'x: y', '{a: b}', '[a, b]',
  '{}', '[]', '2024-01-01', '\r', 'é', '1', '=', '+1', '.inf', 'y',
]; // prettier-ignore

function pick<T>(from: readonly T[], random: () => number): T {
  return from[Math.floor(random() * from.length)] as T;
}

function mutated(texts: readonly string[], random: () => number): string {
  const lines = pick(texts, random).split('\n');
  const start = Math.floor(random() * lines.length * 0.7);
  // Short excerpts keep js-yaml fast and make a mutation likelier to matter.
  let text = lines
    .slice(random() < 0.5 ? 0 : start, start + 3 + Math.floor(random() * 12))
    .join('\n');
  for (let edits = 1 + Math.floor(random() * 3); edits > 0; edits -= 1) {
    const at = Math.floor(random() * text.length);
    const until = random() < 0.5 ? at : at + Math.floor(random() * 4);
    text = text.slice(0, at) + (random() < 0.8 ? pick(PIECES, random) : '') + text.slice(until);
  }
  return text;
}
