import {mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {dirname} from 'node:path';
import {ratios, summary} from './stats.mjs';

const BEGIN = '<!-- bench: begin -->';
const END = '<!-- bench: end -->';
/** Targets are set for Node 24; an older Node may be a fifth slower. */
const TARGET_MAJOR = 24;
const OLDER_NODE_LIMIT = 1.2;

/** One line per row and Node: {row, ours, reference, toReference, toEmpty, toNewest, checks}. */
export function linesOf({row, samples, counts}) {
  const of = (kind, node) =>
    row.variants.findIndex(variant => variant.kind === kind && variant.node === node);
  const ours = row.variants.filter(({kind}) => kind === 'ours');
  const newest = ours.find(({node}) => node.major >= TARGET_MAJOR);
  const taken = at => (at < 0 || samples[at].length === 0 ? undefined : samples[at]);
  return ours.flatMap(variant => {
    const mine = taken(row.variants.indexOf(variant));
    if (!mine) return [];
    const compared = base => base && ratios(mine, base);
    const isOlder = newest && variant.node.major < TARGET_MAJOR;
    const line = {
      row,
      node: variant.node,
      ours: summary(mine),
      toReference: compared(taken(of('reference'))),
      toEmpty: compared(taken(of('empty', variant.node))),
      toNewest: isOlder ? compared(taken(row.variants.indexOf(newest))) : undefined,
      exchanges: counts?.ours?.exchanges,
      referenceExchanges: counts?.reference?.exchanges,
      execsAtOnce: counts?.ours?.execsAtOnce,
    };
    return [{...line, reference: reference(row, taken(of('reference'))), checks: checks(line)}];
  });
}

function reference(row, samples) {
  return samples && summary(samples);
}

/** The row's targets, and whether they are met: {words, value, limit, isMet}. */
function checks({row, node, ours, toReference, toNewest, exchanges, execsAtOnce}) {
  const found = [];
  const add = (words, value, limit) => {
    if (value === undefined || limit === undefined) return;
    found.push({words, value, limit, isMet: value <= limit});
  };
  // The worse of the two ways to compare counts.
  const worse = ratio => ratio && Math.max(ratio.ofMedians, ratio.ofRounds);
  const alone = node.major < TARGET_MAJOR ? OLDER_NODE_LIMIT : 1;
  if (toNewest) add('of Node 24', worse(toNewest), OLDER_NODE_LIMIT);
  else if (row.target) add('of reference', worse(toReference), row.target * alone);
  add('ms in the slowest tenth', ours.p90, row.wallLimitMs);
  add('exchanges', exchanges, row.exchangeLimit);
  if (row.group === 'burst' || row.group === 'start') add('execs into one pod', execsAtOnce, 8);
  return found;
}

/** The generated part of docs/performance.md. */
export function markdown({about, results, facts, notes, failures}) {
  const lines = results.flatMap(linesOf);
  const missed = [
    ...lines.flatMap(line => line.checks.map(check => ({...check, line}))),
    ...facts.filter(({isMet}) => isMet !== undefined),
  ].filter(({isMet}) => !isMet);
  return [
    ...about,
    '',
    mainTable(lines),
    '',
    'References:',
    '',
    ...results.flatMap(({row}) => referenceOf(row)),
    ...otherTable(results),
    ...earlierTable(results),
    ...section('Besides', facts.map(factLine)),
    ...section('Notes', notes),
    ...section('Missed targets', missed.length === 0 ? ['none'] : missed.map(missedLine)),
    ...section('Failed to run', failures),
  ].join('\n');
}

const number = value => (Number.isFinite(value) ? value.toFixed(value < 100 ? 1 : 0) : '–');
const ratio = value =>
  value ? `${value.ofMedians.toFixed(2)} / ${value.ofRounds.toFixed(2)}` : '–';
const times = of => (of ? [`${number(of.wallMs)} (${number(of.p10)}–${number(of.p90)})`] : ['–']);

function mainTable(lines) {
  const heads = ['operation', 'Node', 'wall ms (p10–p90)', 'cpu ms', 'reference ms', 'its cpu'];
  heads.push('× reference', '× empty script', '× Node 24', 'exchanges (its)', 'target', 'met');
  const rows = lines.map(line => [
    line.row.name,
    line.node.version,
    ...times(line.ours),
    number(line.ours.cpuMs),
    ...times(line.reference),
    number(line.reference?.cpuMs),
    ratio(line.toReference),
    ratio(line.toEmpty),
    ratio(line.toNewest),
    `${line.exchanges ?? '–'} (${line.referenceExchanges ?? '–'})`,
    line.checks.map(({words, limit}) => `≤ ${+limit.toFixed(2)} ${words}`).join(', ') || '–',
    line.checks.map(({isMet}) => (isMet ? 'met' : '**missed**')).join(', ') || '–',
  ]);
  return table(heads, rows);
}

function referenceOf({name, variants}) {
  const found = variants.find(({kind}) => kind === 'reference');
  return found ? [`- ${name}: \`${found.label}\``] : [];
}

function otherTable(results) {
  const rows = results.flatMap(({row, samples}) =>
    row.variants.flatMap((variant, at) => {
      if (variant.kind !== 'other' || samples[at].length === 0) return [];
      const of = summary(samples[at]);
      return [[row.name, variant.label, ...times(of), number(of.cpuMs)]];
    }),
  );
  const heads = ['row', 'for comparison', 'wall ms (p10–p90)', 'cpu ms'];
  return rows.length === 0 ? [] : ['', table(heads, rows)];
}

/** The same calls of an earlier build, in the same rounds. */
function earlierTable(results) {
  const rows = results.flatMap(({row, samples}) =>
    row.variants.flatMap((variant, at) => {
      const before = row.variants.findIndex(
        ({kind, node}) => kind === 'base' && node === variant.node,
      );
      if (variant.kind !== 'ours' || before < 0) return [];
      if (samples[at].length === 0 || samples[before].length === 0) return [];
      const [now, then] = [summary(samples[at]), summary(samples[before])];
      const compared = ratio(ratios(samples[at], samples[before]));
      const cpu = [number(now.cpuMs), number(then.cpuMs)];
      return [[row.name, variant.label, ...times(now), ...times(then), compared, ...cpu]];
    }),
  );
  const heads = ['row', 'Node', 'wall ms (p10–p90)', 'earlier build’s', '× earlier', 'cpu ms'];
  return rows.length === 0 ? [] : ['', table([...heads, 'earlier build’s'], rows)];
}

function table(heads, rows) {
  const cells = [heads, heads.map(() => '---'), ...rows];
  return cells.map(row => `| ${row.join(' | ')} |`).join('\n');
}

function section(title, lines) {
  return lines.length === 0 ? [] : ['', `${title}:`, '', ...lines.map(line => `- ${line}`)];
}

function factLine({name, value, target, isMet}) {
  const verdict = target === undefined ? '' : ` (${target}: ${isMet ? 'met' : '**missed**'})`;
  return `${name}: ${value}${verdict}`;
}

function missedLine({line, name, words, value, limit, target}) {
  if (!line) return `${name}: ${value}, not ${target}`;
  const {row, node} = line;
  return `${row.name}, ${node.label}: ${+value.toFixed(2)} ${words}, not ≤ ${+limit.toFixed(2)}`;
}

/** Replaces the text between the markers; the rest of the file is written by hand and stays. */
export function writeReport(file, text) {
  mkdirSync(dirname(file), {recursive: true});
  const before = existing(file);
  const [head, rest = ''] = before.split(BEGIN);
  const tail = rest.split(END)[1] ?? '\n';
  writeFileSync(file, `${head.trimEnd()}\n\n${BEGIN}\n\n${text}\n\n${END}${tail}`);
}

function existing(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
    return '# Performance\n';
  }
}
