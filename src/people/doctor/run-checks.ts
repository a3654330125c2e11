import {DeadlineError, InterruptedError} from '../../errors.ts';
import {failed, skipped, messageLine, type Finding} from './finding.ts';
import type {Check} from './check.ts';
import {checks} from './checks.ts';
import type {DoctorContext} from './context.ts';

/** Runs all checks in order and yields each finding at once; checks that need a broken link are skipped. */
export async function* runChecks(context: DoctorContext): AsyncGenerator<Finding> {
  const broken = new Set<string>();
  for (const check of checks) {
    const cause = check.needs.find(name => broken.has(name));
    for await (const finding of cause === undefined
      ? runCheck(check, context)
      : skipCheck(check, cause)) {
      if (finding.verdict === 'failed' || cause !== undefined) broken.add(finding.link);
      yield finding;
    }
  }
}

async function* runCheck(check: Check, context: DoctorContext): AsyncGenerator<Finding> {
  const open = new Set(check.names);
  try {
    for await (const finding of check.run(context)) {
      open.delete(finding.link);
      yield finding;
    }
  } catch (error) {
    if (error instanceof InterruptedError) throw error;
    if (error instanceof DeadlineError && context.call.deadline.signal.aborted) throw error;
    const [name = check.names[0] ?? '', ...rest] = open;
    yield failed(name, messageLine(error), check.todo);
    for (const other of rest) yield skipped(other, `needs ${name}`);
  }
}

function* skipCheck(check: Check, cause: string): Generator<Finding> {
  for (const name of check.names) yield skipped(name, `needs ${cause}`);
}
