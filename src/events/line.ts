import type {Member} from './json.ts';
import {joinObject, splitObject} from './json.ts';

/** gc's line reader fails at 64 KiB, including the newline. */
const MAX_LINE_BYTES = 64 * 1024 - 2;

/** A field up to this long is kept while a longer one can be shortened. */
const SMALL_FIELD = 1024;

const KEPT_FIELDS = ['seq', 'type', 'ts', 'actor'];
const SMALL_FIELDS = ['subject', 'message', 'run_id', 'session_id', 'step_id'];

/**
 * An event's JSON as a line of `watch`, shortened if it would be too long. Then `truncated` names the
 * shortened fields: a long text keeps its beginning and ends in `…`, anything else becomes
 * `{"truncated":true,"bytes":…}`. `list` returns the whole event.
 */
export function toLine(text: string): string {
  if (fits(text)) return text;
  const members = splitObject(text).filter(({key}) => key !== 'truncated');
  for (const isSpared of [
    ({key, raw}: Member) => key !== 'payload' || raw.length <= SMALL_FIELD,
    ({key, raw}: Member) => KEPT_FIELDS.includes(key) || raw.length <= SMALL_FIELD,
    ({raw}: Member) => raw.length <= SMALL_FIELD,
  ]) {
    const line = shorten(members, isSpared);
    if (fits(line)) return line;
  }
  return onlyKnownFields(members);
}

function fits(text: string): boolean {
  return text.length <= MAX_LINE_BYTES && Buffer.byteLength(text) <= MAX_LINE_BYTES;
}

function shorten(members: readonly Member[], isSpared: (member: Member) => boolean): string {
  const cut = members.filter(member => !isSpared(member)).map(({key}) => key.slice(0, 64));
  const shortened = members.map(member => (isSpared(member) ? member : shortenMember(member)));
  return joinObject([...shortened, {key: 'truncated', raw: JSON.stringify(cut)}]);
}

function shortenMember({key, raw}: Member): Member {
  if (!raw.startsWith('"')) {
    // Must stay a list: gc reads it into []string.
    if (key === 'depends_on_step_ids') return {key, raw: '[]'};
    return {key, raw: `{"truncated":true,"bytes":${Buffer.byteLength(raw)}}`};
  }
  const beginning = Array.from((JSON.parse(raw) as string).slice(0, 600)).slice(0, 256);
  return {key, raw: JSON.stringify(`${beginning.join('')}…`)};
}

/** For an event that is too long because of very many fields, or very long names. */
function onlyKnownFields(members: readonly Member[]): string {
  const known = members.filter(({key}) => [...KEPT_FIELDS, ...SMALL_FIELDS].includes(key));
  const small = known.map(member =>
    member.raw.length <= SMALL_FIELD ? member : shortenMember(member),
  );
  return joinObject([...small, {key: 'truncated', raw: '["*"]'}]);
}
