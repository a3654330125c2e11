import {accessSync, closeSync, constants, openSync, readSync} from 'node:fs';
import {delimiter, join, resolve} from 'node:path';

/** The settings from the environment, validated; see run.mjs for the list. */
export function readSettings(env) {
  const only = words(env.BENCH_ONLY);
  return {
    image: required(env, 'GC_K8S_IMAGE'),
    context: env.GC_K8S_CONTEXT || undefined,
    kubectl: realBinary(env.KUBECTL || onPath('kubectl', env)),
    nodes: words(env.BENCH_NODES ?? process.execPath).map(path => resolve(path)),
    dist: resolve(env.BENCH_DIST || 'dist'),
    base: env.BENCH_BASE ? resolve(env.BENCH_BASE) : undefined,
    only,
    rounds: count(env, 'BENCH_ROUNDS', 20),
    startRounds: count(env, 'BENCH_START_ROUNDS', 15),
    burstRounds: count(env, 'BENCH_BURST_ROUNDS', 5),
    warmUps: count(env, 'BENCH_WARM_UPS', 2),
    listedPods: count(env, 'BENCH_LISTED_PODS', 100),
    report: env.BENCH_REPORT ?? (only.length === 0 ? 'docs/performance.md' : ''),
    childEnv: childEnv(env),
  };
}

/** The whole environment of measured processes: without NODE_EXTRA_CA_CERTS and npm's variables. */
function childEnv(env) {
  const kept = /^(PATH|HOME|LANG|LC_ALL|TMPDIR|KUBECONFIG|GC_K8S_.*)$/;
  return Object.fromEntries(Object.entries(env).filter(([name]) => kept.test(name)));
}

function words(text = '') {
  return text.split(',').filter(word => word !== '');
}

function required(env, name) {
  const value = env[name];
  if (value === undefined || value === '') throw new Error(`${name} must be set`);
  return value;
}

function count(env, name, usual) {
  const text = env[name] ?? String(usual);
  if (!/^\d+$/.test(text)) throw new Error(`${name} must be a whole number, not "${text}"`);
  return Number(text);
}

function onPath(name, env) {
  const path = (env.PATH ?? '')
    .split(delimiter)
    .map(directory => join(directory, name))
    .find(isExecutable);
  if (path === undefined) throw new Error(`${name} is not on PATH; set KUBECTL`);
  return path;
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Refuses a wrapper script, because its own time would be measured, too. */
function realBinary(path) {
  const file = openSync(path, 'r');
  const head = Buffer.alloc(2);
  readSync(file, head, 0, 2, 0);
  closeSync(file);
  if (head.toString() === '#!') throw new Error(`${path} is a script; KUBECTL must be the binary`);
  return resolve(path);
}
