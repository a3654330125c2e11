import {execFileSync} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {resolve} from 'node:path';
import {parse} from 'smol-toml';
import {describe, expect, it} from 'vitest';

const CITY = readFileSync('example-city.toml', 'utf8');
const PACK = readFileSync('contrib/pack/pack.toml', 'utf8');

interface City {
  readonly session?: {readonly provider: string};
  readonly agent: readonly {readonly name: string; readonly start_command: string}[];
  readonly named_session: readonly {readonly template: string; readonly mode: string}[];
}

interface Pack {
  readonly runtimes: Readonly<
    Record<string, {readonly command: string; readonly protocol: number}>
  >;
}

/** The keys of session-protocol.md, "A city that starts with it". */
const DOCUMENTED = {
  workspace: ['name'],
  session: ['provider'],
  daemon: ['patrol_interval'],
  agent: ['name', 'start_command'],
  named_session: ['template', 'mode'],
};

function keysOf(city: Record<string, unknown>): Record<string, string[]> {
  return Object.fromEntries(
    Object.entries(city).map(([table, value]) => {
      const rows = (Array.isArray(value) ? value : [value]) as object[];
      return [table, [...new Set(rows.flatMap(row => Object.keys(row)))]];
    }),
  );
}

/** The file with the lines of its [session] table taken in. */
const selecting = CITY.replaceAll(/^# (\[session\]|provider = .*)$/gm, '$1');

describe('the example city', () => {
  it.each([
    ['as it is', CITY],
    ['selecting by name', selecting],
  ])('%s has documented keys only', (_, text) => {
    for (const [table, keys] of Object.entries(keysOf(parse(text)))) {
      expect(DOCUMENTED).toHaveProperty(table);
      expect(DOCUMENTED[table as keyof typeof DOCUMENTED]).toEqual(expect.arrayContaining(keys));
    }
  });

  it('runs agents that it has', () => {
    const {agent, named_session: named} = parse(CITY) as unknown as City;
    expect(agent.map(({name}) => name)).toEqual(named.map(({template}) => template));
  });

  it('selects, by its provider’s name, an executable of ours that speaks the protocol of the pack', () => {
    const {provider = ''} = (parse(selecting) as unknown as City).session ?? {};
    const runtime = (parse(PACK) as unknown as Pack).runtimes[provider];
    const {bin} = JSON.parse(readFileSync('package.json', 'utf8')) as {bin: Record<string, string>};
    const file = resolve(bin[runtime?.command ?? ''] ?? 'nothing');
    const answer = execFileSync(file, ['protocol'], {encoding: 'utf8'});
    expect(JSON.parse(answer)).toMatchObject({version: runtime?.protocol});
  });
});
