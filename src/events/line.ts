import type {Member} from './json.ts';
import {joinObject, splitObject} from './json.ts';

/** gc's line reader gives up at 64 KiB, the line's end included. */
const LONGEST_LINE_BYTES = 64 * 1024 - 2;

/** A field up to this long is left alone while something longer can be shortened. */
const SMALL_FIELD = 1024;

const KEPT_FIELDS = ['seq', 'type', 'ts', 'actor'];
const SMALL_FIELDS = ['subject', 'message', 'run_id', 'session_id', 'step_id'];

/**
 * An event's JSON as a line of `watch`: as it is, or shortened when it would be too long. Then
 * `truncated` names the fields that are not whole: a long text keeps its beginning and ends in
 * `…`, anything else becomes `{"truncated":true,"bytes":…}`; `list` gives the event whole.
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
  return text.length <= LONGEST_LINE_BYTES && Buffer.byteLength(text) <= LONGEST_LINE_BYTES;
}

function shorten(members: readonly Member[], isSpared: (member: Member) => boolean): string {
  const cut = members.filter(member => !isSpared(member)).map(({key}) => key.slice(0, 64));
  const shortened = members.map(member => (isSpared(member) ? member : shortenMember(member)));
  return joinObject([...shortened, {key: 'truncated', raw: JSON.stringify(cut)}]);
}

function shortenMember({key, raw}: Member): Member {
  if (!raw.startsWith('"')) {
    // A list of texts must stay one: gc reads it into []string.
    if (key === 'depends_on_step_ids') return {key, raw: '[]'};
    return {key, raw: `{"truncated":true,"bytes":${Buffer.byteLength(raw)}}`};
  }
  const beginning = Array.from((JSON.parse(raw) as string).slice(0, 600)).slice(0, 256);
  return {key, raw: JSON.stringify(`${beginning.join('')}…`)};
}

/** For the event whose very many fields, or their names, make it long. */
function onlyKnownFields(members: readonly Member[]): string {
  const known = members.filter(({key}) => [...KEPT_FIELDS, ...SMALL_FIELDS].includes(key));
  const small = known.map(member =>
    member.raw.length <= SMALL_FIELD ? member : shortenMember(member),
  );
  return joinObject([...small, {key: 'truncated', raw: '["*"]'}]);
}
