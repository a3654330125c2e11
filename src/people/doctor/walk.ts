import {DeadlineError, InterruptedError} from '../../errors.ts';
import {failed, skipped, wordsOf, type Finding} from './finding.ts';
import type {Link} from './link.ts';
import {links} from './links.ts';
import type {Visit} from './visit.ts';

/** Walks the chain from its beginning, each finding as it is made; what hangs on a broken link is skipped. */
export async function* walk(visit: Visit): AsyncGenerator<Finding> {
  const broken = new Set<string>();
  for (const link of links) {
    const cause = link.needs.find(name => broken.has(name));
    for await (const finding of cause === undefined ? checked(link, visit) : left(link, cause)) {
      if (finding.verdict === 'failed' || cause !== undefined) broken.add(finding.link);
      yield finding;
    }
  }
}

async function* checked(link: Link, visit: Visit): AsyncGenerator<Finding> {
  const open = new Set(link.names);
  try {
    for await (const finding of link.check(visit)) {
      open.delete(finding.link);
      yield finding;
    }
  } catch (error) {
    if (error instanceof InterruptedError) throw error;
    if (error instanceof DeadlineError && visit.call.deadline.signal.aborted) throw error;
    const [name = link.names[0] ?? '', ...rest] = open;
    yield failed(name, wordsOf(error), link.todo);
    for (const other of rest) yield skipped(other, `needs ${name}`);
  }
}

function* left(link: Link, cause: string): Generator<Finding> {
  for (const name of link.names) yield skipped(name, `needs ${cause}`);
}
