import {execFileSync} from 'node:child_process';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {Api, readTarget} from './api.mjs';
import {Meter} from './meter.mjs';
import {PodRoom} from './pods.mjs';

/** The session that the operations are timed on. It outlives Ctrl-C and echoes what is typed. */
export const SESSION = 'bench';
const START_JSON = JSON.stringify({command: "trap '' INT; exec cat"});

/** What the rows share: the cluster, the session, the meter, and the commands for it. */
export class Bench {
  settings;
  directory;
  target;
  api;
  meter = new Meter();
  nodes;
  /** Remarks for the reader of the numbers. */
  notes = [];
  /** Numbers outside the table: {name, value, target?, isMet?}. */
  facts = [];
  #id = `gc-bench-${process.pid.toString(36)}${Date.now().toString(36).slice(-4)}`;
  #rooms = new Map();
  #session;

  constructor(settings) {
    this.settings = settings;
    this.directory = mkdtempSync(join(tmpdir(), 'gc-bench-'));
    this.target = readTarget(settings);
    this.api = new Api(this.target);
    this.nodes = settings.nodes.map(nodeOf);
    writeFileSync(this.emptyScript, '');
  }

  get emptyScript() {
    return join(this.directory, 'empty.js');
  }

  /** A namespace for one purpose, created on first use. */
  room(purpose) {
    const known = this.#rooms.get(purpose);
    if (known) return known;
    const room = new PodRoom(this.api, `${this.#id}-${purpose}`);
    const opened = room.open().then(() => room);
    this.#rooms.set(purpose, opened);
    return opened;
  }

  /** The session's pod, from the API server. */
  session() {
    this.#session ??= this.#start();
    return this.#session;
  }

  /** A call of one of our executables on this Node. */
  async ours(node, args, {program = 'gc-session-k8s', room = 'agents', dist, ...more} = {}) {
    const argv = [node.path, join(dist ?? this.settings.dist, program), ...args];
    return {argv, ...more, env: await this.env(room, more.env)};
  }

  /** A call of kubectl; with `shell`, a script whose "$@" is kubectl with the options it needs. */
  async kubectl(args, {room = 'agents', shell, ...more} = {}) {
    const {kubectl, context} = this.settings;
    const {namespace} = await this.room(room);
    const begin = shell === undefined ? [] : ['/bin/sh', '-c', shell, 'sh'];
    const argv = [...begin, kubectl, ...(context ? ['--context', context] : []), '-n', namespace];
    argv.push(...args);
    return {argv, ...more, env: await this.env(room, more.env)};
  }

  async env(room, changes = {}) {
    const {namespace} = await this.room(room);
    return {...this.settings.childEnv, GC_K8S_NAMESPACE: namespace, ...changes};
  }

  /** Runs a command that is not timed; its stdout. */
  async run(command) {
    const ready = await command;
    return checked(await this.meter.measure(ready), ready).stdout;
  }

  async close() {
    const rooms = await Promise.allSettled(this.#rooms.values());
    for (const {value} of rooms) await value?.close();
    this.api.close();
    this.meter.close();
    rmSync(this.directory, {recursive: true, force: true});
  }

  async #start() {
    await this.run(this.ours(this.nodes[0], ['start', SESSION], {stdin: START_JSON}));
    return (await this.room('agents')).get(SESSION);
  }
}

function nodeOf(path) {
  const version = execFileSync(path, ['-p', 'process.version']).toString().trim().slice(1);
  return {path, version, major: Number(version.split('.')[0]), label: `Node ${version}`};
}

/** Returns the result if the command succeeded: exit 0, and output that matches `expect`. */
export function checked(result, {argv, expect, untilLine}) {
  const {exitCode, stdout, stderr, firstLineMs} = result;
  // A command timed until its first line is killed afterwards.
  const isFine = untilLine ? firstLineMs !== null : exitCode === 0;
  if (!isFine) {
    throw new Error(`exit ${exitCode}: ${argv.slice(1).join(' ').slice(-200)}: ${stderr.trim()}`);
  }
  if (expect instanceof RegExp && !expect.test(stdout)) {
    throw new Error(
      `${argv.slice(1, 4).join(' ')} printed ${JSON.stringify(stdout.slice(0, 200))}`,
    );
  }
  return result;
}
