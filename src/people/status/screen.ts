import {isSet, valueOf, type PeopleCall} from '../command.ts';
import {paintOf} from '../paint.ts';
import {widthOf} from '../terminal-size.ts';
import type {AgentView} from './agent-view.ts';
import {asTable, summary, type TableOptions} from './rows.ts';

/** The table and, on a terminal, a summary below it. */
export function screen(views: readonly AgentView[], nowMs: number, look: TableOptions): string {
  const drawn = asTable(views, nowMs, look);
  return look.width === Infinity ? drawn : `${drawn}\n${look.paint.dim(summary(views))}\n`;
}

/** Headings, empty line, summary, the line that counts hidden agents, and the cursor's line. */
const OTHER_LINES = 5;

/**
 * The same within `lines` lines: a redrawn screen must not scroll. If there is too little room, the agents
 * that need attention stay, and a last line counts the others.
 */
export function screenOfHeight(
  lines: number,
  views: readonly AgentView[],
  nowMs: number,
  look: TableOptions,
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

/** Failed first, then in transition, then running, then ended. */
function urgency({state}: AgentView): number {
  if (state === 'failed' || state === 'timeout') return 0;
  if (state === 'running') return 2;
  return state === 'success' || state === 'cancelled' ? 3 : 1;
}

/** The agents selected by the flags. */
export function filterViews(
  views: readonly AgentView[],
  {options}: PeopleCall,
): readonly AgentView[] {
  if (!isSet(options, 'notRunning')) return views;
  return views.filter(({state}) => state !== 'running');
}

export function tableOptions(call: PeopleCall): TableOptions {
  const {output} = call.streams;
  return {
    paint: paintOf(call),
    width: widthOf(output),
    isWide: valueOf(call.options, 'output') === 'wide',
  };
}

/** Like kubectl's "No resources found", for stderr. */
export function emptyMessage({args, options}: PeopleCall, namespace: string): string {
  const names = args.map(session => `"${session}"`).join(', ');
  const none = names === '' ? 'there are no agents' : `there is no pod of ${names}`;
  const which = isSet(options, 'notRunning') ? 'every agent runs' : none;
  return `${which} in namespace "${namespace}"`;
}
