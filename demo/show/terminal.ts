import {createLogUpdate} from 'log-update';
import type {Colors} from 'picocolors/types';
import {sceneFrame} from './frame.ts';
import type {Show} from './show.ts';
import {Stage} from './stage.ts';

const TICK_MS = 100;

/** Redraws the scene in place as it changes; the last frame stays. */
export function terminalShow(
  output: NodeJS.WriteStream,
  titles: readonly string[],
  colors: Colors,
): Show {
  const stage = new Stage(titles);
  const update = createLogUpdate(output, {showCursor: false});
  let tick = 0;
  let height = 0;
  const draw = () => {
    // The cursor needs a line below the frame.
    const size = {columns: output.columns, rows: output.rows - 1, tick};
    const lines = sceneFrame(stage.scene, size, colors);
    // log-update 7 draws only what differs, and fails to move lines when the height changes.
    if (lines.length !== height) update.clear();
    height = lines.length;
    update(lines.join('\n'));
  };
  const timer = setInterval(() => {
    tick++;
    draw();
  }, TICK_MS);
  draw();
  return {
    place: text => stage.place(text),
    stepBegan: title => stage.step({title, state: 'running', note: '', seconds: 0}),
    stepDone: (title, note, seconds) => stage.step({title, state: 'done', note, seconds}),
    stepFailed: (title, why, seconds) => stage.step({title, state: 'failed', note: why, seconds}),
    agent: view => stage.agent(view),
    panes: draw,
    event: event => stage.event(event),
    end: lines => {
      clearInterval(timer);
      draw();
      update.done();
      for (const line of lines) output.write(`${line}\n`);
    },
  };
}
