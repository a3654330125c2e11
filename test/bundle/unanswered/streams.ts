import type {FaultAction, FaultMatch} from '../../../dev-cluster/faults.ts';
import {city} from '../city.ts';
import {attachAndLeave, watchOnce} from '../streams.ts';

const EXEC = {resource: 'pods/exec'};

/** What never answers: a request, an exec, or one that was accepted, not even the answer to a ping. */
const SILENT: readonly [FaultMatch, FaultAction][] = [
  [{}, {type: 'hang'}],
  [EXEC, {type: 'hang'}],
  [EXEC, {type: 'exec', how: 'silent', afterBytes: 3}],
];

/** What streams until somebody ends it goes on over a connection that is silent. */
export async function streamsAreRight(): Promise<void> {
  const rows = SILENT.flatMap(([match, action]) =>
    [attachAndLeave, watchOnce].map(async goesOn => {
      const own = await city();
      await own.session('mayor');
      own.dev.faults.add({match, action});
      await goesOn(own);
    }),
  );
  await Promise.all(rows);
}
