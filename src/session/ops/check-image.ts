import {Deadline} from '../../time/deadline.ts';
import {nothing, type Call} from '../../cli/operation.ts';
import {checkImage} from '../check-image.ts';
import {connected} from '../operation.ts';

const ASK_MS = 5_000;

export const operation = async (call: Call) => {
  // A city's start waits for this answer, and one that cannot be had is as good as "unknown".
  const deadline = new Deadline(ASK_MS, {parent: call.deadline.signal});
  await checkImage(call.args[0], () => connected({...call, deadline}), call.warn);
  return nothing;
};
