import {nothing, type Call} from '../../cli/operation.ts';
import {openEventLog} from '../operation.ts';

export const operation = async (call: Call) => {
  const json = (await call.readInput()).toString();
  await (await openEventLog(call)).record(json);
  return nothing;
};
