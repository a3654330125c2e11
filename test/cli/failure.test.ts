import {describe, expect, it} from 'vitest';
import {describeFailure} from '../../src/cli/failure.ts';
import {
  AgentDiedError,
  DeadlineError,
  InterruptedError,
  KubeError,
  PodExecError,
  SessionExistsError,
  UsageError,
} from '../../src/errors.ts';

const KUBE = new KubeError('pods "a" is forbidden', {
  failure: 'forbidden',
  status: 403,
  detail: '',
  outcomeUnknown: false,
});

const FAILURES: readonly unknown[] = [
  new UsageError('a field\n  is wrong\n\n'),
  new SessionExistsError('mayor', 'mayor-1'),
  new AgentDiedError('one\r\ntwo'),
  new DeadlineError('late'),
  new PodExecError('broken', {mayHaveRun: true}),
  KUBE,
  new TypeError("Cannot read properties of undefined (reading 'x')"),
  Object.assign(new Error('ENOENT: no such file'), {code: 'ENOENT'}),
  ...(['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const).map(name => new InterruptedError(name)),
  'text',
  undefined,
  {},
];

describe('describeFailure', () => {
  it.each(FAILURES)('%# is one line, and never exit 2', failure => {
    for (const failureExitCode of [undefined, 255]) {
      const {line, exitCode} = describeFailure(failure, {name: 'peek mayor', failureExitCode});
      expect(line).toMatch(/^peek mayor: \S/);
      expect(line).not.toMatch(/[\n\r]/);
      expect(line).not.toMatch(/^\s*at /m);
      expect([1, 129, 130, 143, 255]).toContain(exitCode);
    }
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('%s exits %i, as a shell says', (name, code) => {
    const failure = new InterruptedError(name);
    expect(describeFailure(failure, {name: 'start', failureExitCode: 255}).exitCode).toBe(code);
  });

  it('says "already exists" for a running session alone', () => {
    const lines = FAILURES.map(failure => describeFailure(failure, {name: 'start'}).line);
    expect(lines.filter(line => /already exists/i.test(line))).toEqual([
      'start: session "mayor" already exists: it runs in pod mayor-1',
    ]);
  });

  it('calls what nobody foresaw a bug', () => {
    const {line} = describeFailure(new TypeError('x is not a function'), {name: 'start'});
    expect(line).toContain('internal error');
    expect(line).toContain('x is not a function');
  });
});
