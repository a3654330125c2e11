import {ageOf} from '../age.ts';
import type {Paint} from '../paint.ts';
import {table, tableWidth, type Cell} from '../table.ts';
import type {AgentState, AgentView} from './agent-view.ts';

export interface TableOptions {
  readonly paint: Paint;
  /** Columns of the terminal; Infinity without a terminal. */
  readonly width: number;
  /** With agent, node, image and last activity. */
  readonly isWide: boolean;
}

/** The agents as a table, one per line, the reason last. */
export function asTable(views: readonly AgentView[], nowMs: number, look: TableOptions): string {
  const {paint, isWide} = look;
  const wasAsked = isWide || views.some(({lastActivity}) => lastActivity !== undefined);
  const more = [...(wasAsked ? ['ACTIVITY'] : []), ...(isWide ? ['AGENT', 'NODE', 'IMAGE'] : [])];
  const headings = ['SESSION', 'STATE', 'SINCE', 'RESTARTS', 'POD', ...more, 'WHY'];
  const rows = views.map((view): Cell[] => [
    view.session,
    stateCell(view.state, paint),
    ageOf(view.since, nowMs),
    String(view.restarts),
    view.isPodGone ? '-' : view.pod,
    ...(wasAsked ? [ageOf(view.lastActivity ?? view.endedAt, nowMs)] : []),
    ...(isWide ? wideCells(view) : []),
    view.why ?? '',
  ]);
  const all: Cell[][] = [headings, ...rows];
  const width = isWide ? Infinity : look.width;
  const last = rows.every(row => row.at(-1) === '') ? -1 : undefined;
  const [shown = [], ...lines] = withRoom(all, views, width).map(row => row.slice(0, last));
  return table(shown, lines, width);
}

/** On a narrow terminal, drops the columns that carry no information, to make room for the reasons. */
function withRoom(
  all: readonly Cell[][],
  views: readonly AgentView[],
  width: number,
): readonly Cell[][] {
  if (tableWidth(all) <= width) return all;
  const silent = [
    ...(views.every(({pod, session}) => pod === session) ? [POD_COLUMN] : []),
    ...(views.every(({restarts}) => restarts === 0) ? [RESTARTS_COLUMN] : []),
  ];
  return all.map(row => row.filter((_, at) => !silent.includes(at)));
}

const RESTARTS_COLUMN = 3;
const POD_COLUMN = 4;

/** `3 running, 1 starting, 1 failed`, most frequent first. */
export function summary(views: readonly AgentView[]): string {
  const counts = new Map<AgentState, number>();
  for (const {state} of views) counts.set(state, (counts.get(state) ?? 0) + 1);
  const parts = [...counts].sort(([, a], [, b]) => b - a);
  return parts.map(([state, count]) => `${count} ${state}`).join(', ');
}

function wideCells({agent, node, image}: AgentView): string[] {
  return [agent ?? '-', node ?? '-', image ?? '-'];
}

function stateCell(state: AgentState, paint: Paint): Cell {
  return {text: state, paint: colourOf(state, paint)};
}

function colourOf(state: AgentState, paint: Paint): (text: string) => string {
  switch (state) {
    case 'running':
      return paint.green;
    case 'success':
      return paint.cyan;
    case 'failed':
    case 'timeout':
    case 'gone':
      return paint.red;
    default:
      return paint.yellow;
  }
}
