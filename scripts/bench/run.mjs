// What one call costs, next to the kubectl command that does the same and to an empty Node script.
// `npm run bench`; method and results: docs/performance.md. Needs python3 (meter.py), tar, a cluster
// that is else idle, and takes about half an hour. Missed targets are printed and are no failure;
// exit 1 means that something did not run. Settings, by environment:
//
//   KUBECONFIG, GC_K8S_CONTEXT   the cluster; a client certificate or token. Nothing of it is touched
//                                but namespaces gc-bench-…, which are removed at the end
//   GC_K8S_IMAGE (needed)        the agent image, present on the node; tmux and procps in it
//   GC_K8S_CPU_REQUEST and others, as for gc-session-k8s: low enough for 30 pods at once
//   KUBECTL                      the kubectl binary (no wrapper script); else from PATH
//   BENCH_NODES                  node binaries, separated by commas; else the one that runs this
//   BENCH_ONLY                   rows or groups by commas (exec, read, stop, start,
//                                burst, events, contention)
//   BENCH_ROUNDS                 20: rounds of all but:
//   BENCH_START_ROUNDS           15: rounds of `start`
//   BENCH_BURST_ROUNDS           5: rounds of the rows with many processes at once
//   BENCH_WARM_UPS               2: rounds before them that do not count
//   BENCH_LISTED_PODS            100: pods that list-running lists
//   BENCH_DIST                   dist: where the executables are
//   BENCH_BASE                   where the executables of an earlier build are: each command row then
//                                times these in the same rounds, and their sizes are compared
//                                (BENCH_ONLY=is-running,peek,'events record' BENCH_BASE=…)
//   BENCH_REPORT                 docs/performance.md: the file whose generated part is replaced;
//                                empty (and with BENCH_ONLY by default): none
import {about} from './about.mjs';
import {Bench} from './bench.mjs';
import {countExchanges} from './count.mjs';
import {markdown, writeReport} from './report.mjs';
import {alternate} from './rounds.mjs';
import {eventRows} from './rows/event-rows.mjs';
import {execRows} from './rows/exec-rows.mjs';
import {lifecycleRows} from './rows/lifecycle-rows.mjs';
import {readRows} from './rows/read-rows.mjs';
import {readSettings} from './settings.mjs';
import {sizes} from './sizes.mjs';

const settings = readSettings(process.env);
const bench = new Bench(settings);
bench.facts.push(...sizes(settings));
const failures = [];
process.once('SIGINT', () => void bench.close().finally(() => process.exit(130)));
try {
  const began = new Date();
  const results = await measureAll(await wanted());
  const {facts, notes} = bench;
  const text = markdown({about: about(bench, began), results, facts, notes, failures});
  console.log(text);
  if (settings.report !== '') writeReport(settings.report, text);
} finally {
  await bench.close();
}
process.exit(failures.length === 0 ? 0 : 1);

/** The rows that BENCH_ONLY leaves, made ready. */
async function wanted() {
  const all = [...execRows(bench), ...readRows(bench), ...lifecycleRows(bench)];
  all.push(...(await eventRows(bench)));
  const unknown = settings.only.filter(
    word => !all.some(({name, group}) => word === name || word === group),
  );
  if (unknown.length > 0) throw new Error(`BENCH_ONLY: no such row: ${unknown.join(', ')}`);
  const rows = all.filter(
    ({name, group}) =>
      settings.only.length === 0 || settings.only.includes(name) || settings.only.includes(group),
  );
  const made = [];
  for (const {make, ...row} of rows)
    made.push({rounds: settings.rounds, ...row, ...(await make())});
  return made;
}

/** One alternating run for all that leaves the node quiet, one each for what starts and ends pods. */
async function measureAll(rows) {
  const isQuiet = ({group}) => ['exec', 'read', 'events'].includes(group);
  const runs = [rows.filter(isQuiet), ...rows.filter(row => !isQuiet(row)).map(row => [row])];
  const results = [];
  for (const run of runs.filter(({length}) => length > 0)) {
    const [{rounds}] = run;
    const {warmUps} = settings;
    const onRound = round => progress(run, round < 0 ? 'warm-up' : `${round + 1} of ${rounds}`);
    const samples = await alternate(run, {rounds, warmUps, onRound, onFailure});
    const counts = await countExchanges(bench, run, onFailure);
    for (const row of run) {
      if (counts.get(row)?.ours) row.onCounted?.(counts.get(row));
      if (row.fact) bench.facts.push(await row.fact());
      results.push({row, samples: samples.get(row), counts: counts.get(row)});
    }
  }
  return results;
}

function progress([{name}, ...more], words) {
  const rows = more.length === 0 ? name : `${name} and ${more.length} more`;
  console.error(`bench: ${rows}: round ${words}`);
}

function onFailure(row, variant, error) {
  const line = `${row.name}, ${variant.label}: ${error.message}`;
  if (!failures.includes(line)) failures.push(line);
  console.error(`bench: FAILED: ${line}`);
}
