import {randomBytes} from 'node:crypto';
import {mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {setTimeout as sleep} from 'node:timers/promises';
import {checked} from '../bench.mjs';
import {emptyScripts} from '../command-row.mjs';
import {bare} from '../pods.mjs';

const BARE_PODS = fileURLToPath(new URL('../bare-pods.mjs', import.meta.url));
const AT_ONCE = 10;
const FILES = 200;
const FILE_BYTES = 25 * 1024;

/** start and stop: of one session, and of ten at once. */
export function lifecycleRows(bench) {
  const {rounds, startRounds, burstRounds} = bench.settings;
  const agent = {command: 'exec cat'};
  const withFiles = () => ({...agent, work_dir: workDirectory(bench)});
  const start = (count, request) => startRow(bench, {count, request: request()});
  const stop = count => stopRow(bench, count);
  return [
    {name: 'stop', group: 'stop', rounds, make: () => stop(1)},
    {name: 'start', group: 'start', rounds: startRounds, make: () => start(1, withFiles)},
    {
      name: `start of ${AT_ONCE} at once`,
      group: 'burst',
      rounds: burstRounds,
      make: () => start(AT_ONCE, () => agent),
    },
    {
      name: `stop of ${AT_ONCE} at once`,
      group: 'burst',
      rounds: burstRounds,
      make: () => stop(AT_ONCE),
    },
  ];
}

/** 5 MB in 200 files that do not compress. */
function workDirectory(bench) {
  const directory = join(bench.directory, 'work');
  for (let at = 0; at < FILES; at++) {
    const place = join(directory, `part-${at % 10}`);
    mkdirSync(place, {recursive: true});
    writeFileSync(join(place, `file-${at}`), randomBytes(FILE_BYTES));
  }
  return directory;
}

let made = 0;
const newNames = count => Array.from({length: count}, () => `bench-${++made}`);

async function startRow(bench, {count, request}) {
  const like = await bench.session();
  const room = await bench.room('starts');
  const stdin = JSON.stringify(request);
  const start = node => (name, env) =>
    bench.ours(node, ['start', name], {room: 'starts', stdin, env});
  const reference = {
    kind: 'reference',
    label: `${count === 1 ? 'bare pod' : `${count} bare pods`}, POST until a watch shows Ready`,
    isUncounted: true,
    run: (_, names) => bareStart(bench, like, names),
  };
  return {
    target: count === 1 ? 1 : undefined,
    variants: [...oursOnEachNode(bench, start), reference, ...emptyScripts(bench)],
    before: async () => {
      // The kubelet syncs its containers once a second: sample every phase of that equally.
      await sleep(Math.random() * 1000);
      return newNames(count);
    },
    after: names => room.removeWhole(names),
  };
}

async function bareStart(bench, like, names) {
  const {namespace} = await bench.room('starts');
  const pods = names.map(name => bare(like, name));
  const stdin = JSON.stringify({target: bench.target, namespace, pods});
  const command = {argv: [process.execPath, BARE_PODS], env: bench.settings.childEnv, stdin};
  const {stdout} = checked(await bench.meter.measure(command), command);
  return {...JSON.parse(stdout), cpuMs: NaN};
}

async function stopRow(bench, count) {
  const like = await bench.session();
  const room = await bench.room('stops');
  const stop = node => (name, env) => bench.ours(node, ['stop', name], {room: 'stops', env});
  const remove = (name, env) =>
    bench.kubectl(['delete', 'pod', name, '--wait=false'], {room: 'stops', env});
  const reference = {
    kind: 'reference',
    label: `kubectl delete pod NAME --wait=false${count === 1 ? '' : `, ${count} at once`}`,
    run: together(bench, remove),
  };
  return {
    target: 1.2,
    exchangeLimit: count === 1 ? 2 : undefined,
    variants: [...oursOnEachNode(bench, stop), reference, ...emptyScripts(bench)],
    before: async () => {
      const names = newNames(count);
      await room.createReady(like, names);
      return names;
    },
    after: names => room.removeWhole(names),
  };
}

function oursOnEachNode(bench, command) {
  return bench.nodes.map(node => {
    return {kind: 'ours', node, label: node.label, run: together(bench, command(node))};
  });
}

/** One call per name, all started at once. */
function together(bench, command) {
  return async (changes, names) => {
    const commands = await Promise.all(names.map(name => command(name, changes)));
    const {results, ...times} = await bench.meter.measureTogether(commands);
    for (const [at, result] of results.entries()) checked(result, commands[at]);
    return times;
  };
}
