import {isSet, valueOf, type PeopleCall} from '../command.ts';
import {paintOf} from '../paint.ts';
import type {AgentView} from './agent-view.ts';
import {asTable, summary, type Look} from './rows.ts';

/** The table, and below it, on a terminal, how many there are of each kind. */
export function screen(views: readonly AgentView[], nowMs: number, look: Look): string {
  const drawn = asTable(views, nowMs, look);
  return look.width === Infinity ? drawn : `${drawn}\n${look.paint.dim(summary(views))}\n`;
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
