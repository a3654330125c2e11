import {randomUUID} from 'node:crypto';
import {readFileSync, rmSync} from 'node:fs';
import {defineConfig} from 'vitest/config';
import {openSandbox, SandboxUnavailable} from './dev-cluster/sandbox/open-sandbox.ts';
import {shellText} from './scripts/shell-text.mjs';
import {CACHES} from './test/kit/caches.ts';

/** The same text of the shell scripts as the build bundles. */
const shellScripts = {
  name: 'shell-scripts',
  enforce: 'pre' as const,
  load(id: string) {
    if (!id.endsWith('.sh')) return undefined;
    return `export default ${JSON.stringify(shellText(readFileSync(id, 'utf8')))}`;
  },
};

const RUN = randomUUID();

// What the executables keep for one another is of one run: each has clusters of its own.
rmSync(CACHES.XDG_CACHE_HOME, {recursive: true, force: true});

/** Where the JSON report goes that .ci/run counts. */
const report = process.env.GC_TEST_REPORT;

declare module 'vitest' {
  interface ProvidedContext {
    readonly run: string;
  }
}

/**
 * What of the cluster's suites runs on the embedded cluster as well. Left out: what is about images,
 * quotas and roles, of which it has none (start-failures, access, security); what kills
 * parts of a cluster (crash, node-lost) or compares with pods of other providers (foreign); what
 * takes minutes (prompt, interruption, crowd, long-log, retention) or much CPU (slow-readers). Single
 * tests that need real nodes say so themselves (kit/real-nodes.ts).
 */
const EMBEDDED = [
  'kit/tries',
  'session/attach',
  'session/copy',
  'session/earlier-pods',
  'session/environment',
  'session/exec',
  'session/lifecycle',
  'session/metadata',
  'session/names',
  'session/setup-commands',
  'session/staging',
  'session/storage',
  'session/terminal',
  'events/earlier-log',
  'events/numbers',
  'events/payloads',
  'run/records',
  'run/states',
  'run/taken-away',
  'run/workspace',
];

/** Without namespaces or tmux there is no embedded cluster to test on: that is said, and no failure. */
function embeddedFiles(): string[] {
  try {
    openSandbox();
    return EMBEDDED.map(file => `test/cluster/${file}.test.ts`);
  } catch (error) {
    if (!(error instanceof SandboxUnavailable)) throw error;
    process.stderr.write(`SKIPPED, the suites on the embedded cluster: ${error.message}\n`);
    return [];
  }
}

/**
 * A shared machine stalls now and then (containerd hangs an exec for seconds); in CI such a test gets
 * more chances, at a desk it fails.
 */
const retry = process.env.CI === undefined ? 0 : 2;

/**
 * Lines that tests run in their own process. Left out is what runs only as the executables are built,
 * which no coverage is taken of: the doors, their rows, the steps of start, and what people type.
 * Those are driven from outside, as gc and people do it (test/bundle, test/cluster).
 */
const COVERAGE = {
  provider: 'v8' as const,
  include: ['src/**/*.ts'],
  exclude: [
    'src/{bin,cli,people}/**',
    'src/*/ops/**',
    'src/*/operations.ts',
    'src/session/start/**',
  ],
  reporter: ['text-summary'],
  thresholds: {lines: 80},
};

/**
 * What both of the projects without containers have. Files of one worker share the modules they
 * import, which takes two fifths of the CPU: no file leaves anything behind in one. No test hangs for
 * long on a quiet machine; one under load may take its time.
 */
const LOCAL = {isolate: false, testTimeout: 300_000, hookTimeout: 60_000, retry};

/** Cluster tests share one cluster: one file at a time, and long enough for a slow node. */
export default defineConfig({
  plugins: [shellScripts],
  define: {GC_VERSION: JSON.stringify('0.0.0-test')},
  test: {
    reporters: report === undefined ? ['default'] : ['default', 'json'],
    ...(report === undefined ? {} : {outputFile: {json: report}}),
    coverage: COVERAGE,
    // Most wait for processes and timers; more at a time than there are cores is quicker.
    maxWorkers: 5,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/bundle/**', 'test/cluster/**'],
          ...LOCAL,
        },
      },
      {
        extends: true,
        test: {name: 'bundle', include: ['test/bundle/**/*.test.ts'], ...LOCAL},
      },
      {
        extends: true,
        test: {
          name: 'embedded',
          isolate: false,
          include: embeddedFiles(),
          globalSetup: ['test/embedded/global-setup.ts'],
          setupFiles: ['test/embedded/setup.ts', 'test/cluster/kit/fail-first.ts'],
          provide: {run: RUN},
          testTimeout: 180_000,
          hookTimeout: 180_000,
          retry,
        },
      },
      {
        extends: true,
        test: {
          name: 'cluster',
          // Tells files of one run what is done already, and what it made on the cluster.
          provide: {run: RUN},
          globalSetup: ['test/cluster/global-setup.ts'],
          setupFiles: ['test/cluster/kit/fail-first.ts'],
          include: ['test/cluster/**/*.test.ts'],
          testTimeout: 180_000,
          hookTimeout: 180_000,
          fileParallelism: false,
          retry,
        },
      },
    ],
  },
});
