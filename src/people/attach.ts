import type {Reply} from '../cli/operation.ts';
import {operation} from '../session/ops/attach.ts';
import type {PeopleCall} from './command.ts';

export function run(call: PeopleCall): Promise<Reply> {
  return operation(call);
}
