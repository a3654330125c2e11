import {existsSync, readFileSync} from 'node:fs';
import {describe, expect, it} from 'vitest';
import {AGENTS} from '../demo/agents.ts';
import {ENDING, REVIEW, STORY} from '../demo/story.ts';
import {settingsTable, withSettingNames, withSettingsTable} from '../scripts/settings-table.mjs';
import {EVERY_SETTING} from '../src/config/every-setting.ts';
import {compareTroubleshooting, wordlessFailures} from './docs/troubleshooting.ts';

it('docs/settings.md lists the settings as they are (npm run docs)', () => {
  const page = readFileSync('docs/settings.md', 'utf8');
  expect(page).toBe(withSettingsTable(page, EVERY_SETTING));
});

it('the chart’s schema knows the settings as they are (npm run docs)', () => {
  const schema = readFileSync('contrib/helm/gc-k8s/values.schema.json', 'utf8');
  expect(schema).toBe(withSettingNames(schema, EVERY_SETTING));
});

it('every setting has a row with its default', () => {
  const rows = settingsTable(EVERY_SETTING).split('\n');
  for (const setting of Object.values(EVERY_SETTING)) {
    const row = rows.find(candidate => candidate.startsWith(`| \`${setting.variable}\` `));
    expect(row).toContain('fallback' in setting ? `| \`${setting.fallback}\` ` : '|  ');
  }
});

it('a page without the markers is an error', () => {
  expect(() => withSettingsTable('# title', EVERY_SETTING)).toThrow('settings:begin');
});

it('every page of ours that the README names is there', () => {
  const links = [...readFileSync('README.md', 'utf8').matchAll(/\]\(([^)#:]+)\)/g)];
  expect(links.length).toBeGreaterThan(3);
  for (const [, path = ''] of links) expect(existsSync(path), path).toBe(true);
});

it('the README’s commands are scripts of the package', () => {
  const {scripts} = JSON.parse(readFileSync('package.json', 'utf8')) as {scripts: object};
  const named = readFileSync('README.md', 'utf8').matchAll(/npm run ([a-z-]+(?::[a-z]+)?)/g);
  for (const [, name] of named) expect(Object.keys(scripts)).toContain(name);
});

it('the picture shows the demo as it is now (npm run record-demo)', () => {
  const picture = readFileSync('docs/demo.svg', 'utf8');
  const titles = [...STORY, ...ENDING, REVIEW].map(({title}) => title);
  const nudges = AGENTS.map(({nudge}) => nudge);
  for (const text of [...titles, ...nudges]) expect(picture).toContain(`>${text}<`);
  expect(picture).toContain('session.crashed rig/polecat-1');
  expect(picture).not.toContain('✖');
});

describe('docs/troubleshooting.md', () => {
  const {missing, gone, count} = compareTroubleshooting();

  it('has an entry for every message of the source', () => {
    expect(missing, 'add an entry for each to docs/troubleshooting.md').toEqual([]);
    expect(count).toBeGreaterThan(120);
  });

  it('has no entry whose message is gone', () => {
    expect(gone).toEqual([]);
  });

  it('knows where failures without words of their own get them', () => {
    const {found, known} = wordlessFailures();
    expect(found).toEqual(known);
  });
});
