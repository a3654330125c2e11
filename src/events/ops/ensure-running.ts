import {nothing, type Call} from '../../cli/operation.ts';
import {openEventLog} from '../operation.ts';

export const operation = async (call: Call) => {
  await (await openEventLog(call)).ensureRunning();
  return nothing;
};
