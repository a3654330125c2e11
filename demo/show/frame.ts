import type {Colors} from 'picocolors/types';
import {framedPanes} from './panes.ts';
import type {CityEvent, Scene, Step} from './scene.ts';

const SPINNER = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

/** Lines per pane: preferred, and the minimum that is still useful. */
const PANE_ROWS = {most: 10, fewest: 4};
const EVENT_ROWS = 4;

export interface Window {
  readonly columns: number;
  readonly rows: number;
  /** Increases with each frame, for the spinner. */
  readonly tick: number;
}

/** The scene as lines, for a terminal of this size. */
export function sceneFrame(scene: Scene, window: Window, colors: Colors): string[] {
  const columns = Math.max(40, Math.min(window.columns, 120));
  const title = `${colors.bold('gc-k8s demo')}  ${colors.dim(scene.place)}`;
  const steps = scene.steps.map(step => stepLine(step, {...window, columns}, colors));
  const events = eventLines(scene.events, columns, colors);
  const left = window.rows - steps.length - EVENT_ROWS - 7;
  const rows = Math.min(PANE_ROWS.most, Math.max(PANE_ROWS.fewest, left));
  const panes = framedPanes(scene.agents, {columns, rows}, colors);
  const blocks = [[title], steps, panes, events].filter(block => block.length > 0);
  return blocks.flatMap((block, at) => (at === 0 ? block : ['', ...block]));
}

function stepLine(step: Step, {columns, tick}: Window, colors: Colors): string {
  const time = step.state === 'ahead' || step.state === 'running' ? '' : seconds(step);
  // Some terminals, and log-update, count the mark as two columns.
  const room = columns - TITLE_COLUMNS - 4 - time.length;
  const note = step.note.length > room ? `${step.note.slice(0, room - 1)}…` : step.note;
  const title = step.title.padEnd(TITLE_COLUMNS);
  const text = step.state === 'ahead' ? colors.dim(title) : title;
  return `${mark(step, tick, colors)} ${text} ${colors.dim(note.padEnd(room))}${colors.dim(time)}`;
}

/** The longest step title, plus a space. */
const TITLE_COLUMNS = 22;

function mark({state}: Step, tick: number, colors: Colors): string {
  if (state === 'ahead') return colors.dim('·');
  if (state === 'done') return colors.green('✔');
  if (state === 'failed') return colors.red('✖');
  return colors.cyan(SPINNER[tick % SPINNER.length] ?? '');
}

export const seconds = (step: Step): string => `${step.seconds.toFixed(1)} s`;

/** The newest events, the last one last. */
function eventLines(events: readonly CityEvent[], columns: number, colors: Colors): string[] {
  const width = Math.floor(columns / 3);
  const cells = events.slice(-EVENT_ROWS * 3).map(event => {
    const text = eventLine(event)
      .slice(0, width - 2)
      .padEnd(width);
    return event.type.endsWith('crashed') ? colors.red(text) : colors.dim(text);
  });
  const rows = Math.ceil(cells.length / 3);
  return Array.from({length: rows}, (_, at) => cells.slice(at * 3, at * 3 + 3).join(''));
}

export const eventLine = ({seq, type, subject}: CityEvent): string =>
  `#${seq} ${type} ${subject}`.trimEnd();
