import {readFileSync} from 'node:fs';
import {expect, it} from 'vitest';
import {settingsTable, withSettingNames, withSettingsTable} from '../scripts/settings-table.mjs';
import {EVERY_SETTING} from '../src/config/every-setting.ts';

it('README.md lists the settings as they are (npm run docs)', () => {
  const readme = readFileSync('README.md', 'utf8');
  expect(readme).toBe(withSettingsTable(readme, EVERY_SETTING));
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

it('a README without the markers is an error', () => {
  expect(() => withSettingsTable('# title', EVERY_SETTING)).toThrow('settings:begin');
});
