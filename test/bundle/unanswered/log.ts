import {expect} from 'vitest';
import type {FaultAction} from '../../../dev-cluster/faults.ts';
import {line, withFirst} from '../log-objects.ts';
import {exchangesOf, logOf, OPERATIONS, survives, type Operation} from '../log-operations.ts';

/** What no operation gets over. */
const LASTING = [
  ['an expired token', {type: 'expired-token'}, /does not accept these credentials/],
  ['500', {type: 'status', code: 500, message: 'etcd is away'}, /etcd is away/],
  ['429', {type: 'status', code: 429, retryAfterSeconds: 1, message: 'too busy'}, /too busy/],
  ['403', {type: 'status', code: 403, message: 'not for you'}, /not for you/],
] as const;

async function fails(
  [operation, stdin]: Operation,
  [name, action, why]: (typeof LASTING)[number],
): Promise<void> {
  const own = await withFirst();
  own.dev.faults.add({match: {times: 1_000_000}, action});
  const [code, stdout, stderr] = await own.gc(operation, stdin);
  const what = `${operation}: ${name}`;
  expect([what, code, stdout]).toEqual([what, 1, '']);
  expect(stderr, what).toMatch(new RegExp(`^${operation}: [^\\n]*${why.source}[^\\n]*\\n$`));
  expect(await logOf(own)).toEqual([line(1, 'first')]);
}

/** A read that hangs is asked again; of a write nobody can know: not done again, and told. */
async function hangs(operation: Operation, when: 'before' | 'after'): Promise<void> {
  const action: FaultAction = {type: 'hang', when};
  const methods = await exchangesOf(operation);
  const rows = methods.map(async (method, at) => {
    if (method === 'GET')
      return when === 'after' ? undefined : survives(operation, at + 1, [action]);
    if (method !== 'PUT' || when === 'after') return survives(operation, at + 1, [action]);
    const own = await withFirst();
    own.dev.faults.add({match: {nth: at + 1}, action});
    const [code, stdout, stderr] = await own.gc(operation[0], operation[1]);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(
      /^record: the event may have been recorded as number 2[^\n]*no answer[^\n]*\n$/,
    );
    expect(await logOf(own)).toEqual([line(1, 'first')]);
  });
  await Promise.all(rows);
}

/** Every operation gets over what is never answered, and tells the cause of what lasts. */
export async function logIsRight(): Promise<void> {
  await Promise.all([
    ...LASTING.flatMap(fault => OPERATIONS.map(operation => fails(operation, fault))),
    ...OPERATIONS.flatMap(operation => [hangs(operation, 'before'), hangs(operation, 'after')]),
  ]);
}
