import {resolve} from 'node:path';
import {describe, expect, it} from 'vitest';
import * as z from 'zod';
import type {Command} from '../../../src/people/command.ts';
import {commands} from '../../../src/people/commands.ts';
import {RUN_STATES} from '../../../src/run/run.ts';
import {peopleCity} from './gc-k8s.ts';

const time = z.iso.datetime();
const version = z.literal(1);

const run = z.strictObject({
  ...{version, id: z.string(), session: z.string(), namespace: z.string(), pod: z.string()},
  ...{agent: z.string(), node: z.string(), image: z.string()},
  state: z.enum([...RUN_STATES, 'stopping', 'gone']),
  history: z.array(z.strictObject({state: z.enum(RUN_STATES), at: time})),
  ...{createdAt: time, startedAt: time, endedAt: time, durationSeconds: z.int()},
  ...{exitCode: z.int(), signal: z.int(), reason: z.string(), error: z.string()},
  ...{workspace: z.string(), workspaceBytes: z.int(), outputLog: z.string()},
  lastLines: z.array(z.string()),
});
/** What is known of every run at once; the rest comes with its life. */
const ALWAYS = {version, id: z.string(), session: z.string(), namespace: z.string()};
const anyRun = run.partial().extend(ALWAYS);

const setting = z.strictObject({
  ...{variable: z.string(), value: z.string().optional(), meaning: z.string()},
  source: z.enum(['flag', 'environment', 'default', 'unset']),
  problem: z.string().optional(),
});

const finding = z.strictObject({
  ...{link: z.string(), says: z.string(), todo: z.string().optional()},
  verdict: z.enum(['ok', 'warning', 'failed', 'skipped']),
});

const counts = z.record(z.string(), z.int());

/** The documents of every command for programs: the words that ask for one, and its form. */
const FORMS: Readonly<Record<string, readonly [words: string, form: z.ZodType]>> = {
  status: [
    '-o json',
    z.strictObject({
      ...{version, namespace: z.string(), time},
      sessions: z.array(
        anyRun.extend({
          ...{restarts: z.int(), since: time.optional(), why: z.string().optional()},
          lastActivity: time.optional(),
        }),
      ),
    }),
  ],
  cancel: [
    'mayor -o json',
    z.strictObject({
      ...{version, session: z.literal('mayor'), pod: z.string(), graceSeconds: z.int()},
      run: anyRun,
    }),
  ],
  stop: [
    'mayor -o json',
    z.strictObject({
      ...{version, absent: z.array(z.string())},
      stopped: z.array(z.strictObject({session: z.string(), pod: z.string()})),
    }),
  ],
  artifacts: [
    'mayor -o json',
    z.strictObject({
      ...{version, errors: z.array(z.string())},
      artifacts: z.array(
        z.strictObject({path: z.string(), size: z.int(), mode: z.string(), sha256: z.string()}),
      ),
    }),
  ],
  'events list': [
    '-o json',
    z.strictObject({version, events: z.array(z.looseObject({seq: z.int(), ts: time}))}),
  ],
  'events stats': [
    '-o json',
    z.strictObject({
      ...{version, count: z.int(), latestSeq: z.int(), bytes: z.int(), lastHour: z.int()},
      ...{oldest: time, newest: time, types: counts, actors: counts},
    }),
  ],
  'events prune': [
    '-o json',
    z.strictObject({version, dryRun: z.boolean(), deleted: z.int(), floor: z.int()}),
  ],
  prune: [
    '-o json',
    z.strictObject({
      ...{version, dryRun: z.boolean()},
      ...{pods: z.array(anyRun), records: z.array(anyRun)},
    }),
  ],
  config: ['-o json', z.strictObject({version, settings: z.array(setting)})],
  doctor: [
    '--no-dolt -o json',
    z.strictObject({version, ok: z.boolean(), findings: z.array(finding)}),
  ],
};

/** Commands whose output is another program's form already, or a terminal. */
const OTHERS = [...['logs', 'attach', 'events tail', 'metrics', 'manifest', 'completion', 'demo']];

const pathsOf = (all: readonly Command[], above = ''): string[] =>
  all.flatMap(({name, commands: inner}) =>
    inner === undefined ? [`${above}${name}`] : pathsOf(inner, `${above}${name} `),
  );

describe('what programs are given', () => {
  it('is described here for every command', () => {
    expect([...Object.keys(FORMS), ...OTHERS].toSorted()).toEqual(pathsOf(commands).toSorted());
  });

  it.each(Object.entries(FORMS))(
    'by %s is one document of version 1',
    async (name, [words, form]) => {
      const own = await peopleCity({
        // What `cancel` asks of PID 1.
        exec: async call => {
          const code = await own.pod.exec(call);
          if (call.command.join(' ').includes('kill -s USR2 1')) {
            own.dev.pod('mayor').end({exitCode: 130});
          }
          return code;
        },
      });
      await own.session('mayor');
      const stdin = JSON.stringify({type: 'bead.created', actor: 'mayor'});
      await own.run('record', {executable: resolve('dist/gc-events-k8s'), stdin});
      const {stdout, stderr} = await own.gc(`${name} ${words}`);
      expect(stderr).toBe('');
      form.parse(JSON.parse(stdout.toString()));
      // YAML and --json say the same.
      expect(words).toContain('-o json');
    },
  );
});
