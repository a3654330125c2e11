import {createHash} from 'node:crypto';
import {UsageError} from '../errors.ts';

/** A DNS label: what the kubelet makes the host's name, and Gas City's other providers cut to. */
const NAME_LIMIT = 63;
const LABEL_LIMIT = 63;
const HASH_LENGTH = 10;

/** Longest session name taken, in bytes; it has to fit an annotation and a line. */
const SESSION_LIMIT = 1024;

/**
 * The names under which a session's pod may be found, best first. `plain` is the form of Gas City's
 * other providers (session-protocol.md, "The pod"); a session whose plain form loses information
 * has a hash added, so that two sessions never share a pod of ours. Whether a pod found under a
 * name is the session's own, its annotation decides.
 */
export function* podNames(session: string): Generator<string, void> {
  const plain = plainName(session);
  // Most pods are found under the first name: the hash of the other is not made before it is needed.
  if (plain === session) yield plain;
  yield hashedName(session, plain);
  if (plain !== session && plain !== '') yield plain;
}

/** The name a new pod of the session gets when both are free. */
export function podName(session: string): string {
  const plain = plainName(session);
  return plain === session ? plain : hashedName(session, plain);
}

/** A label's value that stands for any text: `City/A.b` → `City-A.b`. */
export function labelForm(text: string): string {
  const value = text.replaceAll(/[^A-Za-z0-9._-]/g, '-').replace(/^[^A-Za-z0-9]+/, '');
  return value.slice(0, LABEL_LIMIT).replace(/[^A-Za-z0-9]+$/, '') || 'unknown';
}

/** Raises a UsageError for what cannot be a session's name: nothing, control characters, over 1 KiB. */
export function checkedSession(name: string | undefined): string {
  if (name === undefined || name === '') throw new UsageError('a session name is needed');

  if (/[\u0000-\u001f\u007f]/.test(name)) {
    throw new UsageError(`session name ${JSON.stringify(name)} holds control characters`);
  }
  if (Buffer.byteLength(name) > SESSION_LIMIT) {
    throw new UsageError(`session name is longer than ${SESSION_LIMIT} bytes`);
  }
  return name;
}

function plainName(session: string): string {
  return trimmed(session.toLowerCase().replaceAll(/[^a-z0-9-]/g, '-'), NAME_LIMIT);
}

function hashedName(session: string, plain: string): string {
  const hash = createHash('sha256').update(session).digest('hex').slice(0, HASH_LENGTH);
  const stem = trimmed(plain, NAME_LIMIT - HASH_LENGTH - 1);
  return stem === '' ? `s-${hash}` : `${stem}-${hash}`;
}

/** Without dashes at its ends, which a name must not have; linear in the text's length. */
function trimmed(text: string, limit: number): string {
  let begin = 0;
  while (text[begin] === '-') begin++;
  let end = Math.min(text.length, begin + limit);
  while (end > begin && text[end - 1] === '-') end--;
  return text.slice(begin, end);
}
