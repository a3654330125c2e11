import {nothing, type Call} from '../../cli/operation.ts';
import {openEventLogToRecord} from '../operation.ts';

export const operation = async (call: Call) => {
  const json = (await call.readInput()).toString();
  await (await openEventLogToRecord(call)).record(json);
  return nothing;
};
