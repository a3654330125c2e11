import {nothing, type Call} from '../../cli/operation.ts';
import {openEventLog} from '../operation.ts';

export const operation = async (call: Call) => {
  const filter = (await call.readInput()).toString();
  const events = (await openEventLog(call)).list(filter);
  let separator = '[';
  for await (const event of events) {
    await call.print(separator + event);
    separator = ',';
  }
  await call.print(separator === '[' ? '[]\n' : ']\n');
  return nothing;
};
