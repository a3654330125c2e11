import {UsageError} from '../errors.ts';
import type {EventFields} from './event.ts';
import type {Instant} from './instant.ts';
import {compareInstants, isZeroInstant, parseInstant} from './instant.ts';
import {labelForm} from './labels.ts';

/** Which events `list` returns; an absent field matches any. */
export interface Filter {
  readonly type?: string;
  readonly actor?: string;
  readonly subject?: string;
  /** Inclusive. */
  readonly since?: Instant;
  /** Inclusive. */
  readonly until?: Instant;
  /** Exclusive. */
  readonly afterSeq: number;
  /** Exclusive. */
  readonly beforeSeq: number;
  /** Maximum number of events. */
  readonly limit: number;
}

/**
 * Parses the filter on stdin, with the field names of gc's Go struct; empty input is no filter. Raises
 * UsageError, naming the field, for anything that gc does not write.
 */
export function readFilter(json: string): Filter {
  const fields = parseFields(json);
  const type = textField(fields, 'Type');
  const actor = textField(fields, 'Actor');
  const subject = textField(fields, 'Subject');
  const since = timeField(fields, 'Since');
  const until = timeField(fields, 'Until');
  const limit = numberField(fields, 'Limit', -Infinity);
  return {
    ...(type && {type}),
    ...(actor && {actor}),
    ...(subject && {subject}),
    ...(since && {since}),
    ...(until && {until}),
    afterSeq: numberField(fields, 'AfterSeq', 0),
    beforeSeq: numberField(fields, 'BeforeSeq', 0) || Infinity,
    limit: limit > 0 ? limit : Infinity,
  };
}

/** The part of the filter that the API server can apply: selects a superset of the matches. */
export function selectorOf(filter: Filter): string {
  const parts = ['gc/component=event'];
  for (const [label, text] of [
    ['gc/type', filter.type],
    ['gc/actor', filter.actor],
  ] as const) {
    const form = labelForm(text ?? '');
    if (text !== undefined && form.selectable) parts.push(`${label}=${form.value}`);
  }
  return parts.join(',');
}

/** True when the event matches the filter, apart from its number and the limit. */
export function matches(filter: Filter, event: EventFields): boolean {
  if (filter.type !== undefined && filter.type !== event.type) return false;
  if (filter.actor !== undefined && filter.actor !== event.actor) return false;
  if (filter.subject !== undefined && filter.subject !== event.subject) return false;
  if (!filter.since && !filter.until) return true;
  const time = parseInstant(event.ts);
  if (!time) return false;
  if (filter.since && compareInstants(time, filter.since) < 0) return false;
  return !filter.until || compareInstants(time, filter.until) <= 0;
}

type Fields = ReadonlyMap<string, unknown>;

/** Field names in lower case: Go's JSON decoder ignores their case. */
function parseFields(json: string): Fields {
  if (json.trim() === '') return new Map();
  let parsed: unknown;
  try {
    parsed = JSON.parse(json);
  } catch (error) {
    throw new UsageError(`the filter on stdin is not JSON: ${(error as Error).message}`);
  }
  if (parsed === null) return new Map();
  if (typeof parsed !== 'object' || Array.isArray(parsed)) {
    throw new UsageError(
      'the filter on stdin must be a JSON object such as {"Type":"bead.created"}',
    );
  }
  return new Map(Object.entries(parsed).map(([name, value]) => [name.toLowerCase(), value]));
}

function textField(fields: Fields, name: string): string {
  const value = fields.get(name.toLowerCase()) ?? '';
  if (typeof value === 'string') return value;
  throw new UsageError(`filter field "${name}" must be a string`);
}

function numberField(fields: Fields, name: string, lowest: number): number {
  const value = fields.get(name.toLowerCase()) ?? 0;
  if (typeof value === 'number' && Number.isInteger(value) && value >= lowest) return value;
  const kind = lowest === 0 ? 'a whole number, 0 or more' : 'a whole number';
  throw new UsageError(`filter field "${name}" must be ${kind}`);
}

function timeField(fields: Fields, name: string): Instant | undefined {
  const text = textField(fields, name);
  if (text === '') return undefined;
  const instant = parseInstant(text);
  if (instant) return isZeroInstant(instant) ? undefined : instant;
  throw new UsageError(
    `filter field "${name}" must be a time such as "2026-11-21T06:00:00Z" (RFC 3339)`,
  );
}
