import {nothing, type Call} from '../../cli/operation.ts';
import {openEventLog} from '../operation.ts';

export const operation = async (call: Call) => {
  const [afterSeq = ''] = call.args;
  for await (const line of (await openEventLog(call)).watch(afterSeq))
    await call.print(`${line}\n`);
  return nothing;
};
