import {randomBytes} from 'node:crypto';
import {succeedInSession} from './in-session.ts';
import type {SessionPlace} from './session-place.ts';
import pressScript from './scripts/press.sh';
import typeScript from './scripts/type.sh';

/** Messages up to this length, in bytes, are held in a shell variable in the pod; a shell is slow with more. */
const MARKED_LIMIT = 32 * 1024;

/**
 * Types a message of any bytes and length into the pane; does nothing when the session is absent. A key to
 * press after it is pressed by tmux 0.2 s later, or before whatever is typed next. A retry after a broken
 * connection does not type it twice: the pod remembers the ids of the last ten.
 */
export async function type(
  place: SessionPlace,
  message: Buffer,
  {thenPress = ''}: {thenPress?: 'Enter' | ''} = {},
): Promise<void> {
  const id = newId();
  // Held in a variable it needs no file in the pod, and two processes less.
  const isMarked = message.length <= MARKED_LIMIT && !message.includes(0);
  await succeedInSession(place, {
    text: typeScript,
    args: [isMarked ? 'marked' : String(message.length), id, thenPress, 'first'],
    stdin: isMarked ? Buffer.concat([message, Buffer.from(id)]) : message,
    again: ([length = '', ...rest]) => [length, ...rest.slice(0, 2), 'again'],
  });
}

/** Presses keys, given by their tmux names, once; leaves copy mode first. Does nothing when the session is absent. */
export async function press(place: SessionPlace, keys: readonly string[]): Promise<void> {
  // tmux takes a ";" at the end of an argument for the end of its command.
  const names = keys.map(key => (key.endsWith(';') ? `${key.slice(0, -1)}\\;` : key));
  await succeedInSession(place, {
    text: pressScript,
    args: [newId(), 'first', ...names],
    again: ([id = '', , ...rest]) => [id, 'again', ...rest],
  });
}

/** The id by which the pod recognises a message that is sent again. */
function newId(): string {
  return randomBytes(8).toString('hex');
}
