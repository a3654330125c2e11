import {commandRow} from '../command-row.mjs';
import {contentionRow} from './contention-row.mjs';
import {seenByWatcher} from './watcher-row.mjs';

const KEPT_EVENTS = 100;
const EVENT = JSON.stringify({type: 'bench.tick', actor: 'bench', message: 'one more'});
const EVENTS = ['get', 'configmaps', '-l', 'gc/component=event'];

/** The event log's operations; none, with a note, when this build has no event log. */
export async function eventRows(bench) {
  if (!(await isBuilt(bench))) {
    bench.notes.push('dist/gc-events-k8s has no operations yet: its rows were left out.');
    return [];
  }
  const kept = operation => ({program: 'gc-events-k8s', room: 'log', ...operation});
  const group = 'events';
  const row = (name, make) => ({name: `events ${name}`, group, make});
  const counter = ['get', 'configmap', 'gc-events-seq'];
  return [
    row('ensure-running', () =>
      keptRow(bench, kept({args: ['ensure-running']}), {args: counter, room: 'log'}),
    ),
    row('latest-seq', () => {
      const ours = kept({args: ['latest-seq'], expect: new RegExp(`^${KEPT_EVENTS}\\n$`)});
      const args = [...counter, '-o', 'jsonpath={.data.seq}'];
      return keptRow(bench, ours, {args, room: 'log'}, {target: 1});
    }),
    row('list, newest 10', () => {
      const stdin = JSON.stringify({AfterSeq: KEPT_EVENTS - 10});
      const ours = kept({args: ['list'], stdin, expect: new RegExp(`"seq":${KEPT_EVENTS}\\b`)});
      return keptRow(bench, ours, {args: [...EVENTS, '-o', 'json'], room: 'log'});
    }),
    row('watch, first line', () => {
      const ours = kept({args: ['watch', String(KEPT_EVENTS - 10)], untilLine: true});
      const args = [...EVENTS, '--watch', '-o', 'name'];
      return keptRow(bench, ours, {args, room: 'log', untilLine: true});
    }),
    row('record', () => recordRow(bench)),
    row('record, seen by a watcher', () => seenByWatcher(bench, EVENT)),
    ...bench.nodes.map(node => ({
      name: 'events record, 50 at once',
      group: 'contention',
      rounds: bench.settings.burstRounds,
      make: () => contentionRow(bench, node, EVENT),
    })),
  ];
}

async function isBuilt(bench) {
  const command = await bench.ours(bench.nodes[0], ['latest-seq'], {program: 'gc-events-k8s'});
  const {exitCode} = await bench.meter.measure(command);
  return exitCode !== 2;
}

const logs = new WeakMap();

/** A row on a log of constant length. */
async function keptRow(bench, ours, kubectl, more = {}) {
  const log = logs.get(bench) ?? fill(bench);
  logs.set(bench, log);
  await log;
  return commandRow(bench, {ours, kubectl, ...more});
}

async function fill(bench) {
  const options = {program: 'gc-events-k8s', room: 'log', stdin: EVENT};
  const record = await bench.ours(bench.nodes[0], ['record'], options);
  for (let count = 0; count < KEPT_EVENTS; count++) await bench.run(record);
}

/** The shell provider's calls: get the counter, replace it by the next number, create the event. */
const THREE_CALLS = `
  object=$("$@" get configmap gc-events-seq -o json) || exit
  before=\${object%%'"seq": "'*} after=\${object#*'"seq": "'}
  next=$((\${after%%'"'*} + 1))
  printf '%s"seq": "%s"%s' "$before" "$next" "\${after#*'"'}" | "$@" replace -f - || exit
  printf '{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "gc-evt-%010d",
    "labels": {"gc/component": "event"}}, "data": {"event": "%s"}}' "$next" '{}' | "$@" create -f -`;

async function recordRow(bench) {
  const counter = ['create', 'configmap', 'gc-events-seq', '--from-literal=seq=0'];
  await bench.run(bench.kubectl(counter, {room: 'shell-log'}));
  return commandRow(bench, {
    ours: {program: 'gc-events-k8s', room: 'records', args: ['record'], stdin: EVENT},
    kubectl: {
      args: [],
      room: 'shell-log',
      label: 'kubectl get, replace and create',
      shell: THREE_CALLS,
    },
    target: 0.45,
  });
}
