import {nothing, type Call} from '../../cli/operation.ts';
import {type} from '../../tmux/keyboard.ts';
import {withSession} from '../operation.ts';

export const operation = (call: Call) =>
  withSession(call, async ({cluster, session, deadline, readInput}) => {
    const message = withoutNewlinesAtEnd(await readInput());
    await type({cluster, session, deadline}, message, {thenPress: 'Enter'});
    return nothing;
  });

/** `echo hello | … nudge` means "hello"; Enter comes anyway. */
function withoutNewlinesAtEnd(message: Buffer): Buffer {
  let end = message.length;
  while (end > 0 && message[end - 1] === 10) end--;
  return message.subarray(0, end);
}
