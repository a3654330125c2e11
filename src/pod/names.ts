import {createHash} from 'node:crypto';
import {UsageError} from '../errors.ts';

/** Length of a DNS label: the kubelet makes the name the pod's hostname, and other providers cut it so. */
const NAME_LIMIT = 63;
const LABEL_LIMIT = 63;
const HASH_LENGTH = 10;

/** Longest session name taken, in bytes; it has to fit an annotation and a line. */
const SESSION_LIMIT = 1024;

/**
 * The names under which a session's pod may be found, the most likely first. Gas City's other providers
 * use the session's name in a plain form (session-protocol.md, "The pod"). Where that form differs from the
 * session's name, ours has a hash added, so that no two sessions get the same pod. Whether a pod with such a
 * name is the session's own is for its annotation to say: see `belongsTo`.
 */
export function* podNames(session: string): Generator<string, void> {
  const plain = plainName(session);
  // Most pods are found under the first name: the hash of the other is not made before it is needed.
  if (plain === session) yield plain;
  yield hashedName(session, plain);
  if (plain !== session && plain !== '') yield plain;
}

/** The name for a new pod of the session. */
export function podName(session: string): string {
  const plain = plainName(session);
  return plain === session ? plain : hashedName(session, plain);
}

/** A text as a label's value, with the characters that are not allowed replaced: `City/A.b` → `City-A.b`. */
export function labelForm(text: string): string {
  const value = text.replaceAll(/[^A-Za-z0-9._-]/g, '-').replace(/^[^A-Za-z0-9]+/, '');
  return value.slice(0, LABEL_LIMIT).replace(/[^A-Za-z0-9]+$/, '') || 'unknown';
}

/** The session's name. Raises a UsageError when it is missing, has control characters or is over 1 KiB. */
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
