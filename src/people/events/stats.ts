import {text, type Reply} from '../../cli/operation.ts';
import type {PeopleCall} from '../command.ts';
import {age, ageOf} from '../age.ts';
import {asJsonOrYaml} from '../format.ts';
import {table} from '../table.ts';
import {filterOf, parseEvent} from './event.ts';
import {openLog} from './log.ts';

const HOUR_MS = 3_600_000;

/** Prints how many events the log has, over which time, by type and by actor. */
export async function run(call: PeopleCall): Promise<Reply> {
  const nowMs = Date.now();
  const {log} = await openLog(call);
  const latestSeq = await log.latestSeq();
  const types = new Map<string, number>();
  const actors = new Map<string, number>();
  let [count, bytes, lastHour] = [0, 0, 0];
  let oldest: string | undefined;
  let newest: string | undefined;
  for await (const json of log.list(JSON.stringify(filterOf(call, nowMs)))) {
    const {ts, type = '', actor = ''} = parseEvent(json);
    count += 1;
    bytes += Buffer.byteLength(json);
    oldest ??= ts;
    newest = ts ?? newest;
    if (nowMs - Date.parse(ts ?? '') < HOUR_MS) lastHour += 1;
    types.set(type, (types.get(type) ?? 0) + 1);
    actors.set(actor, (actors.get(actor) ?? 0) + 1);
  }
  const facts = {count, latestSeq, bytes, lastHour, oldest, newest};
  const programs = {version: 1, ...facts, types: byCount(types), actors: byCount(actors)};
  const printed = await asJsonOrYaml(JSON.parse(JSON.stringify(programs)) as object, call.options);
  if (printed !== undefined) return text(printed);
  const span =
    oldest === undefined ? '' : ` over ${age(Date.parse(newest ?? '') - Date.parse(oldest))}`;
  const head = [
    ['events', `${count}${span}, ${lastHour} in the last hour`],
    ['size', `${Math.ceil(bytes / 1024)} KiB`],
    ['newest', `number ${latestSeq}, ${ageOf(newest, nowMs)} ago`],
  ];
  const tables = [ranking('TYPE', types), ranking('ACTOR', actors)].filter(Boolean);
  return text([table(head[0] ?? [], head.slice(1)), ...tables].join('\n'));
}

function ranking(heading: string, counts: ReadonlyMap<string, number>): string {
  if (counts.size === 0) return '';
  const rows = Object.entries(byCount(counts)).map(([name, count]) => [name, String(count)]);
  return table([heading, 'EVENTS'], rows);
}

/** The most frequent first. */
function byCount(counts: ReadonlyMap<string, number>): Record<string, number> {
  const sorted = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  return Object.fromEntries(sorted.map(([name, count]) => [name === '' ? '-' : name, count]));
}
