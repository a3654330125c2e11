import {nothing, text, type Reply} from '../../cli/operation.ts';
import type {EventLog} from '../../events/event-log.ts';
import type {PeopleCall} from '../command.ts';
import {asJsonOrYaml} from '../format.ts';
import {table} from '../table.ts';
import {widthOf} from '../terminal-size.ts';
import {
  countOf,
  EVENT_HEADINGS,
  eventCells,
  filterOf,
  parseEvent,
  type ShownEvent,
} from './event.ts';
import {openLog} from './log.ts';

const USUAL_COUNT = 50;

export async function run(call: PeopleCall): Promise<Reply> {
  const nowMs = Date.now();
  const filter = filterOf(call, nowMs);
  const count = countOf(call, 'last', USUAL_COUNT);
  const {log} = await openLog(call);
  const events = await lastEvents(log, filter, count === 0 ? Infinity : count);
  const printed = await asJsonOrYaml({version: 1, events}, call.options);
  if (printed !== undefined) return text(printed);
  if (events.length === 0) {
    call.warn('there are no such events');
    return nothing;
  }
  const rows = events.map(event => eventCells(event, nowMs));
  return text(table(EVENT_HEADINGS, rows, widthOf(call.streams.output)));
}

/** The newest events that match the filter, oldest first. Without a filter, no others are read. */
async function lastEvents(
  log: EventLog,
  filter: Record<string, unknown>,
  count: number,
): Promise<ShownEvent[]> {
  const isAll = Object.keys(filter).length === 0 && Number.isFinite(count);
  const after = isAll ? Math.max(0, (await log.latestSeq()) - count) : 0;
  const events: ShownEvent[] = [];
  for await (const json of log.list(JSON.stringify({...filter, AfterSeq: after}))) {
    events.push(parseEvent(json));
    if (events.length > count) events.shift();
  }
  return events;
}
