import {ageOf} from '../age.ts';
import {valueOf, type Flag, type PeopleCall} from '../command.ts';
import {duration} from '../../config/values.ts';
import {UsageError} from '../../errors.ts';

/** The fields of an event shown in tables; `-o json` has the rest. */
export interface ShownEvent {
  readonly seq: number;
  readonly ts?: string;
  readonly type?: string;
  readonly actor?: string;
  readonly subject?: string;
  readonly message?: string;
}

export const EVENT_HEADINGS = ['SEQ', 'AGE', 'TYPE', 'ACTOR', 'SUBJECT', 'MESSAGE'];

export const FILTER_FLAGS: readonly Flag[] = [
  {flags: '--type <type>', meaning: 'only of this type'},
  {flags: '--actor <actor>', meaning: 'only by this actor'},
  {flags: '--subject <subject>', meaning: 'only about this'},
  {flags: '--since <time>', meaning: 'only younger than this: 90s, 10m, 24h'},
];

/** The table row of an event. */
export function eventCells(event: ShownEvent, nowMs: number): string[] {
  const {seq, ts, type, actor, subject, message} = event;
  const words = [type, actor, subject, message].map(word => oneLine(word));
  return [String(seq), ageOf(ts, nowMs), ...words];
}

export function parseEvent(json: string): ShownEvent {
  return JSON.parse(json) as ShownEvent;
}

/** The flags as a filter of events-protocol.md. */
export function filterOf({options}: PeopleCall, nowMs: number): Record<string, unknown> {
  const since = valueOf(options, 'since');
  const fields = {
    Type: valueOf(options, 'type'),
    Actor: valueOf(options, 'actor'),
    Subject: valueOf(options, 'subject'),
    Since:
      since === undefined ? undefined : new Date(nowMs - duration(since, '--since')).toISOString(),
  };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

/** The value of a flag that takes a whole number. */
export function countOf({options}: PeopleCall, name: string, otherwise: number): number {
  const text = valueOf(options, name);
  if (text === undefined) return otherwise;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new UsageError(`--${name} must be a whole number, not ${JSON.stringify(text)}`);
}

function oneLine(text = ''): string {
  return text === '' ? '-' : text.replaceAll(/\s+/g, ' ');
}
