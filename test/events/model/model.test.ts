import {expect, test} from 'vitest';
import {complaintsAbout} from './checker.ts';
import type {Round} from './round.ts';
import {playRound} from './round.ts';

/** `MODEL_SEED=…` plays that round again; `MODEL_ROUNDS=…` plays more or fewer, as .ci/run does. */
const {MODEL_SEED, MODEL_ROUNDS, MODEL_VERBOSE} = process.env;
const FIRST_SEED = Number(MODEL_SEED ?? 1);
const ROUNDS = Number(MODEL_ROUNDS ?? (MODEL_SEED === undefined ? 500 : 1));

test('no promise is broken, whatever happens', {timeout: 600_000}, async () => {
  const broken: string[] = [];
  const sum = {acknowledged: 0, failed: 0, unknown: 0, steps: 0, requests: 0, longestWaitMs: 0};
  for (let seed = FIRST_SEED; seed < FIRST_SEED + ROUNDS && broken.length < 5; seed += 1) {
    const round = await playRound(seed);
    const complaints = [...complaintsAbout(round.evidence), ...impatience(round)];
    if (complaints.length > 0) {
      broken.push(`MODEL_SEED=${seed}: ${complaints.slice(0, 5).join('; ')}`);
    }
    for (const {outcome} of round.evidence.records) sum[outcome] += 1;
    sum.steps += round.steps;
    sum.requests += round.requests;
    sum.longestWaitMs = Math.max(sum.longestWaitMs, round.longestWaitMs);
  }
  if (MODEL_VERBOSE) console.log(sum);
  expect(broken).toEqual([]);
});

/** Writers of ours that gave up although they had 25 s, and watchers that were held up. */
function impatience({evidence, scenario, longestWaitMs}: Round): string[] {
  const gaveUp = evidence.records.filter(({outcome, isShell}) => outcome === 'failed' && !isShell);
  const complaints = gaveUp.map(({marker}) => `${marker}: gave up`);
  // A fence takes 3 s, and every lost answer half a second more. A counter that was put back is
  // noticed by the next record at the latest.
  const limitMs = scenario.tampers > 0 ? Infinity : scenario.loss > 0 ? 8000 : 5000;
  if (longestWaitMs > limitMs) complaints.push(`a watcher waited ${longestWaitMs} ms`);
  return complaints;
}
