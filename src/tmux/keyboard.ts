import {randomBytes} from 'node:crypto';
import {succeedInSession} from './in-session.ts';
import type {SessionPlace} from './session-place.ts';
import pressScript from './scripts/press.sh';
import typeScript from './scripts/type.sh';

/** Bytes: what people and agents write to each other; a shell is slow with more. */
const MARKED_LIMIT = 32 * 1024;

/**
 * Types a text of any bytes and length into the pane, then presses a key; on an absent session
 * nothing. Sent again after a broken connection, it is typed once: the pod remembers its id.
 */
export async function type(
  place: SessionPlace,
  message: Buffer,
  {thenPress = ''}: {thenPress?: string} = {},
): Promise<void> {
  const id = newId();
  // The shell in the pod can hold such a text: no file, and two processes less.
  const isMarked = message.length <= MARKED_LIMIT && !message.includes(0);
  await succeedInSession(place, {
    text: typeScript,
    args: [isMarked ? 'marked' : String(message.length), id, thenPress, 'first'],
    stdin: isMarked ? Buffer.concat([message, Buffer.from(id)]) : message,
    again: ([length = '', ...rest]) => [length, ...rest.slice(0, 2), 'again'],
  });
}

/** Presses keys by their tmux names, leaving copy mode first; on an absent session nothing. */
export async function press(place: SessionPlace, keys: readonly string[]): Promise<void> {
  // tmux takes an argument's last ";" for the end of its command.
  const names = keys.map(key => (key.endsWith(';') ? `${key.slice(0, -1)}\\;` : key));
  await succeedInSession(place, {
    text: pressScript,
    args: [newId(), 'first', ...names],
    again: ([id = '', , ...rest]) => [id, 'again', ...rest],
  });
}

/** By which the pod knows a message that is sent again. */
function newId(): string {
  return randomBytes(8).toString('hex');
}
