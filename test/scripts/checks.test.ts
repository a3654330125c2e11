import {spawnSync} from 'node:child_process';
import {writeFileSync} from 'node:fs';
import {join, resolve} from 'node:path';
import {expect, it} from 'vitest';
import {temporaryDirectory} from '../kit/temporary-directory.ts';

interface Told {
  readonly status: string;
  readonly meta?: object;
  readonly failureMessages?: readonly string[];
}

/** A report of one file, as vitest writes it. */
function report(file: string, tests: Readonly<Record<string, Told>>, message = ''): object {
  const assertionResults = Object.entries(tests).map(([fullName, told]) => ({
    ...{fullName, failureMessages: [], meta: {}},
    ...told,
  }));
  const status = assertionResults.length === 0 ? 'failed' : 'passed';
  const testResults = [{name: resolve(file), status, message, assertionResults}];
  return {startTime: Date.parse('2026-02-03T04:05:06Z'), testResults};
}

function checks(...reports: object[]): {code: number | null; stdout: string} {
  const directory = temporaryDirectory();
  const paths = reports.map((content, at) => {
    const path = join(directory, `${at}.json`);
    writeFileSync(path, JSON.stringify(content));
    return path;
  });
  const {PATH} = process.env;
  const {status, stdout} = spawnSync(process.execPath, ['scripts/checks.mjs', ...paths], {
    ...{encoding: 'utf8', env: {PATH}},
  });
  return {code: status, stdout};
}

const passed = {status: 'passed'};
const skipped = {status: 'skipped', meta: {skipped: 'no such tool'}};

it('counts by area, and gives the reason of what nothing ran', () => {
  const {code, stdout} = checks(
    report('test/kube/a.test.ts', {one: passed, two: skipped}),
    report('test/cluster/session/b.test.ts', {three: passed, four: skipped}),
    report('test/cluster/session/b.test.ts', {'four is a group': passed}),
  );
  expect(stdout).toMatch(/^Checked 2026-02-03, commit [0-9a-f]+, Node \d/);
  expect(stdout).toContain('| test/cluster/session | 2 | 2 | 0 | 0 |\n');
  expect(stdout).toContain('| test/kube | 2 | 1 | 0 | 1 |\n');
  expect(stdout).toContain('Skipped:\n\n- test/kube/a.test.ts: two: no such tool\n');
  expect(stdout).toMatch(/\n3 passed, 0 failed, 1 skipped\n$/);
  expect(code).toBe(0);
});

it('fails with a test that failed, with a file that was not loaded, and with nothing', () => {
  const failed = {status: 'failed', failureMessages: ['AssertionError: two is not one\n  at …']};
  const one = checks(report('test/kube/a.test.ts', {one: passed, two: failed}));
  expect(one.stdout).toContain('- test/kube/a.test.ts: two: AssertionError: two is not one\n');
  expect(one.stdout).toMatch(/\n1 passed, 1 failed\n$/);
  expect(one.code).toBe(1);
  const unloaded = checks(report('test/kube/a.test.ts', {}, 'Cannot find module'));
  expect(unloaded.stdout).toContain('could not be loaded: Cannot find module');
  expect(unloaded.code).toBe(1);
  expect(checks(report('test/kube/a.test.ts', {two: skipped})).code).toBe(1);
});
