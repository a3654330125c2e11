import type {Program} from './program.ts';

/** The text of --help: every operation with what it takes and does. */
export function helpText({name, version, operations}: Program): string {
  const rows = Object.entries(operations).map(([operation, {usage, summary}]) => ({
    call: `${operation} ${usage}`.trim(),
    summary,
  }));
  const width = Math.max(...rows.map(({call}) => call.length));
  const table = rows.map(({call, summary}) => `  ${call.padEnd(width)}  ${summary}`);
  return [
    `${name} ${version}`,
    '',
    `usage: ${name} <operation> [arguments]`,
    '',
    ...table,
    '',
    'Exit codes: 0 done, 1 failed (one line on stderr says why), 2 unknown operation.',
    'Settings are environment variables (GC_K8S_NAMESPACE, GC_K8S_IMAGE, …); see docs/settings.md.',
    '',
  ].join('\n');
}
