import {UsageError} from '../errors.ts';
import {isZeroInstant, parseInstant} from './instant.ts';
import {compact, depthOf, joinObject, splitObject} from './json.ts';

/** An event without a number. */
export interface NewEvent {
  /** Compact JSON with `"seq":0` in front; every other field as it was given. */
  readonly text: string;
}

/** The fields of an event that filters and labels use; `''` when absent. */
export interface EventFields {
  readonly type: string;
  readonly actor: string;
  readonly subject: string;
  readonly ts: string;
}

const TEXT_FIELDS = ['type', 'actor', 'subject', 'message', 'run_id', 'session_id', 'step_id'];

/** A ConfigMap holds 1 MiB of keys and values; the rest is a margin. */
export const MAX_EVENT_BYTES = 1_000 * 1024;

/** Go's JSON decoder stops at 10,000, and one such event would make every list unreadable to gc. */
const MAX_EVENT_DEPTH = 9_900;

const SEQ_PREFIX = '{"seq":0';

/**
 * Parses the JSON given to `record`. Keeps every field as it is written except two: `seq` is dropped, and
 * a missing or zero `ts` becomes the given time. Raises UsageError for an event that gc could not read
 * back, or that is too large to store.
 */
export function readNewEvent(json: string, wallMs: number): NewEvent {
  const fields = parseObject(json);
  for (const name of TEXT_FIELDS) requireText(fields, name);
  requireTexts(fields, 'depends_on_step_ids');
  const hasTime = holdsTime(fields.ts);
  // Go's JSON decoder treats "SEQ" and "seq" as the same field, and the last one wins.
  const kept = splitObject(json).filter(
    ({key}) => key.toLowerCase() !== 'seq' && (hasTime || key !== 'ts'),
  );
  const time = {key: 'ts', raw: JSON.stringify(new Date(wallMs).toISOString())};
  const text = joinObject([{key: 'seq', raw: '0'}, ...(hasTime ? [] : [time]), ...kept]);
  refuseUnstorable(text);
  return {text};
}

/** The event with its number. `text` must come from `readNewEvent`. */
export function withSeq(text: string, seq: number): string {
  return `{"seq":${seq}${text.slice(SEQ_PREFIX.length)}`;
}

/** A stored event as one line of JSON, with `seq` set to the number it is stored under; undefined when it is not an event. */
export function readStoredEvent(
  text: string,
  seq: number,
): {text: string; fields: EventFields} | undefined {
  const parsed = tryParse(text);
  if (!isObject(parsed)) return undefined;
  const fields = {
    type: textOf(parsed.type),
    actor: textOf(parsed.actor),
    subject: textOf(parsed.subject),
    ts: textOf(parsed.ts),
  };
  if (parsed.seq === seq) return {text: /[\n\r]/.test(text) ? compact(text) : text, fields};
  const others = splitObject(text).filter(({key}) => key.toLowerCase() !== 'seq');
  return {text: joinObject([{key: 'seq', raw: String(seq)}, ...others]), fields};
}

function parseObject(json: string): Record<string, unknown> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(json);
  } catch (error) {
    throw new UsageError(`the event on stdin is not JSON: ${(error as Error).message}`);
  }
  if (isObject(parsed)) return parsed;
  throw new UsageError(`the event on stdin must be a JSON object, not ${nameOf(parsed)}`);
}

function requireText(fields: Record<string, unknown>, name: string): void {
  const value = fields[name];
  if (value === undefined || value === null || typeof value === 'string') return;
  throw new UsageError(`event field "${name}" must be a string, not ${nameOf(value)}`);
}

function requireTexts(fields: Record<string, unknown>, name: string): void {
  const value = fields[name];
  if (value === undefined || value === null) return;
  if (Array.isArray(value) && value.every(item => typeof item === 'string')) return;
  throw new UsageError(`event field "${name}" must be an array of strings`);
}

function holdsTime(ts: unknown): boolean {
  if (ts === undefined || ts === null || ts === '') return false;
  const instant = typeof ts === 'string' ? parseInstant(ts) : undefined;
  if (instant) return !isZeroInstant(instant);
  throw new UsageError(
    'event field "ts" must be a time such as "2026-11-21T06:00:00Z" (RFC 3339), or left out',
  );
}

function refuseUnstorable(text: string): void {
  const bytes = Buffer.byteLength(text);
  if (bytes > MAX_EVENT_BYTES) {
    throw new UsageError(
      `the event is ${bytes} bytes long and was not recorded: at most ${MAX_EVENT_BYTES} fit ` +
        'into a ConfigMap; keep the payload elsewhere and record where it is',
    );
  }
  if (depthOf(text) > MAX_EVENT_DEPTH) {
    throw new UsageError(
      `the event is nested deeper than ${MAX_EVENT_DEPTH} levels and was not recorded: ` +
        'the controller could not read it back',
    );
  }
}

function tryParse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function nameOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'an array' : `a ${typeof value}`;
}
