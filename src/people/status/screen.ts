import {isSet, valueOf, type PeopleCall} from '../command.ts';
import {paintOf} from '../paint.ts';
import type {AgentView} from './agent-view.ts';
import {asTable, summary, type Look} from './rows.ts';

/** The table, and below it, on a terminal, how many there are of each kind. */
export function screen(views: readonly AgentView[], nowMs: number, look: Look): string {
  const drawn = asTable(views, nowMs, look);
  return look.width === Infinity ? drawn : `${drawn}\n${look.paint.dim(summary(views))}\n`;
}

/** Headings, the empty line, the summary, the line for what is left out, and the cursor's. */
const OTHER_LINES = 5;

/**
 * The same on `lines` lines: a picture that is drawn over and over must not scroll. Where they are too
 * few those that need a look stay, and the last line counts the others.
 */
export function screenOf(
  lines: number,
  views: readonly AgentView[],
  nowMs: number,
  look: Look,
): string {
  if (views.length <= lines - OTHER_LINES + 1) return screen(views, nowMs, look);
  const byUrgency = views.toSorted((a, b) => urgency(a) - urgency(b));
  const kept = new Set(byUrgency.slice(0, Math.max(1, lines - OTHER_LINES)));
  const drawn = asTable(
    views.filter(view => kept.has(view)),
    nowMs,
    look,
  );
  const hidden = views.filter(view => !kept.has(view));
  const more = `… and ${hidden.length} more: ${summary(hidden)}`;
  return `${drawn}${look.paint.dim(more)}\n\n${look.paint.dim(summary(views))}\n`;
}

/** What went wrong first, then what is on its way, then what runs, then what is over. */
function urgency({state}: AgentView): number {
  if (state === 'failed' || state === 'timeout') return 0;
  if (state === 'running') return 2;
  return state === 'success' || state === 'cancelled' ? 3 : 1;
}

/** The agents that the flags leave. */
export function chosen(views: readonly AgentView[], {options}: PeopleCall): readonly AgentView[] {
  if (!isSet(options, 'notRunning')) return views;
  return views.filter(({state}) => state !== 'running');
}

export function lookOf(call: PeopleCall): Look {
  const {output} = call.streams;
  return {
    paint: paintOf(call),
    width: output.isTTY ? output.columns : Infinity,
    isWide: valueOf(call.options, 'output') === 'wide',
  };
}

/** As kubectl says "No resources found", on stderr. */
export function emptyWords({options}: PeopleCall, namespace: string): string {
  const which = isSet(options, 'notRunning') ? 'every agent runs' : 'there are no agents';
  return `${which} in namespace "${namespace}"`;
}
