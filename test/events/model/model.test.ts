import {expect, test} from 'vitest';
import {complaintsAbout} from './checker.ts';
import {playRound} from './round.ts';

const ROUNDS = Number(process.env.MODEL_ROUNDS ?? (process.env.MODEL_SEED ? 1 : 2000));
const FIRST_SEED = Number(process.env.MODEL_SEED ?? 1);

/** What a watcher may be late by: a hole's fence, and the latency of the round's slow network. */
const LONGEST_WAIT_MS = 5000;

test(
  'no promise of the events protocol is broken, whatever happens',
  {timeout: 600_000},
  async () => {
    const broken: string[] = [];
    const sum = {acknowledged: 0, failed: 0, unknown: 0, steps: 0, requests: 0, longestWaitMs: 0};
    for (let seed = FIRST_SEED; seed < FIRST_SEED + ROUNDS && broken.length < 5; seed += 1) {
      const round = await playRound(seed);
      const complaints = complaintsAbout(round.evidence);
      const refused = round.evidence.records.filter(
        ({outcome, isShell}) => outcome === 'failed' && !isShell,
      );
      complaints.push(...refused.map(({marker}) => `${marker}: gave up`));
      if (round.longestWaitMs > LONGEST_WAIT_MS)
        complaints.push(`waited ${round.longestWaitMs} ms`);
      if (complaints.length > 0)
        broken.push(`MODEL_SEED=${seed}: ${complaints.slice(0, 5).join('; ')}`);
      for (const {outcome} of round.evidence.records) sum[outcome] += 1;
      sum.steps += round.steps;
      sum.requests += round.requests;
      sum.longestWaitMs = Math.max(sum.longestWaitMs, round.longestWaitMs);
    }
    if (process.env.MODEL_VERBOSE) console.log(sum);
    expect(broken).toEqual([]);
  },
);
