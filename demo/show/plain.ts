import type {Colors} from 'picocolors/types';
import {eventLine} from './frame.ts';
import {framedPanes} from './panes.ts';
import type {Show} from './show.ts';
import {Stage} from './stage.ts';

/** The width of the log; the terminals of three agents fit. */
const COLUMNS = 100;
const PANE_ROWS = 10;

/** Writes a line for each event, for a pipe or a log. */
export function plainShow(write: (line: string) => void, colors: Colors): Show {
  const stage = new Stage([]);
  return {
    place: text => write(`gc-k8s demo: ${text}`),
    stepBegan: title => write(`… ${title}`),
    stepDone: (title, note, seconds) => write(`ok ${title}: ${note} (${seconds.toFixed(1)} s)`),
    stepFailed: (title, why, seconds) =>
      write(`FAILED ${title}: ${why} (after ${seconds.toFixed(1)} s)`),
    agent: view => stage.agent(view),
    panes: () => {
      const space = {columns: COLUMNS, rows: PANE_ROWS};
      framedPanes(stage.scene.agents, space, colors).forEach(line => write(line.trimEnd()));
    },
    event: event => write(`   event ${eventLine(event)}`),
    end: lines => lines.forEach(write),
  };
}
