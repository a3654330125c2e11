// Renders the settings of src/config/settings.ts into README.md, between its markers.
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

/** A text with the table between its markers. */
export function withSettingsTable(text, settings) {
  const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`README.md needs ${BEGIN} and ${END}`);
  return `${text.slice(0, begin)}${BEGIN}\n\n${settingsTable(settings)}\n\n${text.slice(end)}`;
}

async function loadSettings() {
  const entryPoints = ['src/config/settings.ts'];
  const bundle = await build({
    entryPoints,
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
  });
  const code = Buffer.from(bundle.outputFiles[0].contents).toString('base64');
  const {SETTINGS} = await import(`data:text/javascript;base64,${code}`);
  return SETTINGS;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const readme = readFileSync('README.md', 'utf8');
  writeFileSync('README.md', withSettingsTable(readme, await loadSettings()));
}
