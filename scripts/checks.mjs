// Summarizes the test reports (vitest's JSON) given as arguments, as Markdown: when and on what they ran,
// a line for each area, every test that failed or was skipped, with the reason, and last
// `N passed, N failed, N skipped`. A test that one run skips and another one runs (on another
// cluster, with another tool) counts as run. Exits 1 when a test failed or none passed.
import {execFileSync} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {relative} from 'node:path';

const reports = process.argv.slice(2).map(path => JSON.parse(readFileSync(path, 'utf8')));
const tests = reports.flatMap(({testResults}) => testResults.flatMap(testsOf));
const done = tests.filter(({status}) => status !== 'skipped');
const counted = tests.filter(test => test.status !== 'skipped' || !done.some(isOf(test)));
console.log(
  [
    `Checked ${dateOf(reports)}, commit ${git('rev-parse', '--short', 'HEAD')}, ` +
      `Node ${process.versions.node}${kubernetes()}.`,
    '',
    ...areaTable(groupBy(counted, areaOf)),
    ...section('Failed', 'failed'),
    ...section('Skipped', 'skipped'),
    '',
    closing(),
  ].join('\n'),
);
process.exitCode = has('failed') === 0 && has('passed') > 0 ? 0 : 1;

function has(wanted) {
  return counted.filter(({status}) => status === wanted).length;
}

function closing() {
  const skipped = has('skipped') > 0 ? `, ${has('skipped')} skipped` : '';
  return `${has('passed')} passed, ${has('failed')} failed${skipped}`;
}

/** One record per test; a file that could not be loaded counts as a failed test. */
function testsOf({name, status, message, assertionResults}) {
  const file = relative(process.cwd(), name);
  if (assertionResults.length === 0 && status === 'failed') {
    return [{file, name: 'could not be loaded', status, why: message}];
  }
  return assertionResults.map(({fullName, status, failureMessages, meta}) => ({
    file,
    name: fullName.trim(),
    ...(status === 'passed' || status === 'failed' ? {status} : {status: 'skipped'}),
    why: status === 'failed' ? failureMessages[0]?.split('\n')[0] : meta?.skipped,
  }));
}

/** The same test, or one of the group that was skipped as a whole. */
function isOf({file, name}) {
  return other => other.file === file && `${other.name} `.startsWith(`${name} `);
}

/** `test/cluster/session` for `test/cluster/session/attach.test.ts`. */
function areaOf({file}) {
  return file
    .split('/')
    .slice(0, file.startsWith('test/cluster/') ? -1 : 2)
    .join('/');
}

function groupBy(list, keyOf) {
  const groups = new Map();
  for (const one of list) groups.set(keyOf(one), [...(groups.get(keyOf(one)) ?? []), one]);
  return groups;
}

function areaTable(areas) {
  const rows = [...areas].sort().map(([area, found]) => {
    const of = wanted => found.filter(({status}) => status === wanted).length;
    return [area, found.length, of('passed'), of('failed'), of('skipped')];
  });
  const heads = ['area', 'tests', 'passed', 'failed', 'skipped'];
  const line = ['---', '--:', '--:', '--:', '--:'];
  return [heads, line, ...rows].map(row => `| ${row.join(' | ')} |`);
}

function section(title, wanted) {
  const found = counted.filter(({status}) => status === wanted);
  const lines = found.map(({file, name, why = 'no reason given'}) => `- ${file}: ${name}: ${why}`);
  return lines.length === 0 ? [] : ['', `${title}:`, '', ...lines];
}

function dateOf(all) {
  return new Date(Math.min(...all.map(({startTime}) => startTime))).toISOString().slice(0, 10);
}

/** The cluster's version, if KUBECTL and KUBECONFIG are set. */
function kubernetes() {
  const {KUBECTL = '', KUBECONFIG = ''} = process.env;
  if (KUBECTL === '' || KUBECONFIG === '') return '';
  const version = JSON.parse(execFileSync(KUBECTL, ['version', '-o', 'json'], {encoding: 'utf8'}));
  return `, Kubernetes ${version.serverVersion.gitVersion}`;
}

function git(...args) {
  return execFileSync('git', args, {encoding: 'utf8'}).trim();
}
