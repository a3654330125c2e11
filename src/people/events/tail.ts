import type {Reply} from '../../cli/operation.ts';
import {isSet, valueOf, type PeopleCall} from '../command.ts';
import {countOf, eventCells, parseEvent, type ShownEvent} from './event.ts';
import {openLog} from './log.ts';
import {paintOf} from '../paint.ts';
import {visible} from '../../cli/visible.ts';

const USUAL_COUNT = 10;

/** Prints the newest events, then each new one until interrupted, one per line. */
export async function run(call: PeopleCall): Promise<Reply> {
  const count = countOf(call, 'last', USUAL_COUNT);
  const {log} = await openLog(call);
  const after = Math.max(0, (await log.latestSeq()) - count);
  for await (const line of log.watch(String(after))) {
    const event = parseEvent(line);
    if (!isWanted(event, call)) continue;
    await call.print(isSet(call.options, 'json') ? `${line}\n` : row(event, call));
  }
  throw new Error('a watch ended that has no end');
}

function isWanted(event: ShownEvent, {options}: PeopleCall): boolean {
  return (['type', 'actor', 'subject'] as const).every(
    name => valueOf(options, name) === undefined || event[name] === valueOf(options, name),
  );
}

/** Shows the time rather than the age, because a printed age would become wrong. */
function row(event: ShownEvent, call: PeopleCall): string {
  const paint = paintOf(call);
  const [seq = '', , type = '', ...words] = eventCells(event, 0).map(visible);
  const head = `${visible(event.ts ?? '-')} #${seq}`;
  return `${paint.dim(head)} ${paint.cyan(type)} ${words.join(' ')}\n`;
}
