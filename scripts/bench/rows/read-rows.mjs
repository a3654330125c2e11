import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {rootCertificates} from 'node:tls';
import {fileURLToPath} from 'node:url';
import {checked, SESSION} from '../bench.mjs';
import {commandRow, emptyScripts, timed} from '../command-row.mjs';

const BARE_GET = fileURLToPath(new URL('../bare-get.cjs', import.meta.url));

const LIST = ['get', 'pods', '-l', 'app=gc-agent'];

/** Operations that read the API only, or nothing at all. */
export function readRows(bench) {
  const {burstRounds, image, listedPods} = bench.settings;
  const group = 'read';
  const list = name => (listedPods === 100 ? name : `${name} (${listedPods} pods)`);
  return [
    {name: 'is-running', group, make: () => isRunning(bench)},
    {name: list('list-running'), group, make: () => listRunning(bench)},
    {
      name: `is-running of ${listedPods} at once`,
      group: 'burst',
      rounds: burstRounds,
      make: () => isRunningAtOnce(bench),
    },
    {name: list('status'), group, make: () => status(bench)},
    {name: list('check-image'), group, make: () => checkImage(bench, image)},
    {name: 'protocol', group, make: () => protocol(bench)},
    {name: 'extra-ca-certs', group, make: () => extraCaCerts(bench)},
  ];
}

async function isRunning(bench) {
  await bench.session();
  const {namespace} = await bench.room('agents');
  const target = join(bench.directory, 'target.json');
  writeFileSync(target, JSON.stringify(bench.target), {mode: 0o600});
  const path = `/api/v1/namespaces/${namespace}/pods/${SESSION}`;
  const env = bench.settings.childEnv;
  const bare = bench.nodes.map(node => [
    `a bare GET over node:tls, ${node.label}`,
    {argv: [node.path, BARE_GET, target, path], env},
  ]);
  return commandRow(bench, {
    ours: {args: ['is-running', SESSION], expect: /^true\n$/},
    kubectl: {args: ['get', 'pod', SESSION]},
    others: Object.fromEntries(bare),
    target: 1,
    exchangeLimit: 2,
  });
}

async function listRunning(bench) {
  await listed(bench);
  const all = new RegExp(`^(agent-\\d+\\n){${bench.settings.listedPods}}$`);
  return commandRow(bench, {
    ours: {args: ['list-running', ''], room: 'list', expect: all},
    kubectl: {args: LIST, room: 'list', expect: /agent-0/},
    target: 1,
    exchangeLimit: 2,
  });
}

/** gc checks every agent of a city at once, with a timeout of 30 s each. */
async function isRunningAtOnce(bench) {
  await listed(bench);
  const names = listedNames(bench);
  const ours = bench.nodes.map(node => ({
    kind: 'ours',
    node,
    label: node.label,
    run: async env => {
      const call = name =>
        bench.ours(node, ['is-running', name], {room: 'list', env, expect: /^true\n$/});
      const commands = await Promise.all(names.map(call));
      const {results, ...times} = await bench.meter.measureTogether(commands);
      for (const [at, result] of results.entries()) checked(result, commands[at]);
      return times;
    },
  }));
  return {
    wallLimitMs: 30_000,
    exchangeLimit: names.length,
    variants: [...ours, ...emptyScripts(bench)],
  };
}

/** `gc-k8s status`, next to the cheapest command that reads the same. */
async function status(bench) {
  await listed(bench);
  const last = `agent-${bench.settings.listedPods - 1}`;
  return commandRow(bench, {
    ours: {args: ['status'], program: 'gc-k8s', room: 'list', expect: new RegExp(`^${last} `, 'm')},
    kubectl: {
      args: ['get', 'pods', '-o', 'json'],
      shell: '"$@" | wc',
      room: 'list',
      label: 'kubectl get pods -o json | wc',
      expect: /\d/,
    },
    target: 1.3,
    exchangeLimit: 1,
  });
}

async function checkImage(bench, image) {
  await listed(bench);
  return commandRow(bench, {
    ours: {args: ['check-image', image], room: 'list'},
    kubectl: {args: LIST, room: 'list'},
    exchangeLimit: 2,
  });
}

function protocol(bench) {
  return commandRow(bench, {
    ours: {args: ['protocol'], expect: /"version":0/},
    kubectl: {args: ['version', '--client']},
    exchangeLimit: 0,
  });
}

const listedNames = ({settings}) =>
  Array.from({length: settings.listedPods}, (_, at) => `agent-${at}`);

const listings = new WeakMap();

/** Pods that look like running sessions. They are on no node: a hundred real ones would distort the load. */
function listed(bench) {
  const made = listings.get(bench) ?? makeListed(bench);
  listings.set(bench, made);
  return made;
}

async function makeListed(bench) {
  const [like, room] = [await bench.session(), await bench.room('list')];
  const names = listedNames(bench);
  for (const name of names) await room.createLikeness(like, name);
  const bytes = async (from, name) => JSON.stringify(await from.get(name)).length;
  const real = await bytes(await bench.room('agents'), SESSION);
  bench.notes.push(
    `The ${names.length} listed pods are likenesses of the running session's pod: same spec, ` +
      `labels and annotations, the same status written to them, but no scheduler and no kubelet, ` +
      `so that 100 containers do not burden what is timed; one is ${await bytes(room, names[0])} ` +
      `bytes of JSON, the real pod ${real}.`,
  );
}

/** The cost of NODE_EXTRA_CA_CERTS, with as many certificates as Node bundles. */
async function extraCaCerts(bench) {
  await bench.session();
  const file = join(bench.directory, 'roots.pem');
  writeFileSync(file, rootCertificates.join('\n'));
  const env = {NODE_EXTRA_CA_CERTS: file};
  const variants = [];
  for (const node of bench.nodes) {
    for (const [words, changes] of [
      ['unset', {}],
      ['set', env],
    ]) {
      const ours = await bench.ours(node, ['is-running', SESSION], {env: changes});
      const empty = {argv: [node.path, bench.emptyScript], env: {...ours.env}};
      const label = `${node.label}, NODE_EXTRA_CA_CERTS ${words}`;
      variants.push({...timed(bench, ours), kind: 'other', label: `is-running, ${label}`});
      variants.push({...timed(bench, empty), kind: 'other', label: `empty script, ${label}`});
    }
  }
  return {variants};
}
