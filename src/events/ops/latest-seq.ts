import {text, type Call} from '../../cli/operation.ts';
import {openEventLog} from '../operation.ts';

export const operation = async (call: Call) =>
  text(`${await (await openEventLog(call)).latestSeq()}\n`);
