// Renders the settings of src/config/ into docs/settings.md, between its markers, and their
// names into the chart's schema.
import {readFileSync, writeFileSync} from 'node:fs';
import {pathToFileURL} from 'node:url';
import {build} from 'esbuild';

const BEGIN = '<!-- settings:begin -->';
const END = '<!-- settings:end -->';

/** The settings as a Markdown table, one row each, in the order of the source. */
export function settingsTable(settings) {
  const rows = Object.values(settings).map(({variable, fallback, meaning}) => [
    `\`${variable}\``,
    fallback === undefined ? '' : `\`${fallback}\``,
    meaning.replaceAll('|', '\\|'),
  ]);
  const table = [['Variable', 'Default', 'Meaning'], ...rows];
  const widths = [0, 1, 2].map(column => Math.max(...table.map(row => row[column].length)));
  const line = row => `| ${row.map((cell, at) => cell.padEnd(widths[at])).join(' | ')} |`;
  const rule = widths.map(width => '-'.repeat(width));
  return [table[0], rule, ...table.slice(1)].map(line).join('\n');
}

/** Replaces the table between the markers. */
export function withSettingsTable(text, settings) {
  const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`docs/settings.md needs ${BEGIN} and ${END}`);
  return `${text.slice(0, begin)}${BEGIN}\n\n${settingsTable(settings)}\n\n${text.slice(end)}`;
}

/** A pod of the chart gets these from elsewhere: its namespace, its account, and the mounted file. */
const NOT_IN_CHART = ['GC_K8S_NAMESPACE', 'GC_K8S_CONTEXT', 'GC_K8S_CONFIG'];

/** The text of values.schema.json with the names that `settings` accepts. */
export function withSettingNames(text, settings) {
  const schema = JSON.parse(text);
  const names = Object.values(settings).map(({variable}) => variable);
  schema.properties.settings.propertyNames.enum = names.filter(
    name => !NOT_IN_CHART.includes(name),
  );
  return `${JSON.stringify(schema, undefined, 2)}\n`;
}

async function loadSettings() {
  const entryPoints = ['src/config/every-setting.ts'];
  const bundle = await build({
    entryPoints,
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
  });
  const code = Buffer.from(bundle.outputFiles[0].contents).toString('base64');
  const {EVERY_SETTING} = await import(`data:text/javascript;base64,${code}`);
  return EVERY_SETTING;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const settings = await loadSettings();
  const renderings = {
    'docs/settings.md': withSettingsTable,
    'contrib/helm/gc-k8s/values.schema.json': withSettingNames,
  };
  for (const [file, render] of Object.entries(renderings)) {
    writeFileSync(file, render(readFileSync(file, 'utf8'), settings));
  }
}
