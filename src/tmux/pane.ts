import {runInPod, succeedInSession} from './in-session.ts';
import activityScript from './scripts/activity.sh';
import clearHistoryScript from './scripts/clear-history.sh';
import clientsScript from './scripts/clients.sh';
import hasSessionScript from './scripts/has-session.sh';
import peekScript from './scripts/peek.sh';
import type {SessionPlace} from './session-place.ts';

/** tmux takes a line that is no C int for none that was named, and shows the screen alone. */
const MOST_LINES = 2 ** 31 - 1;

/** The last `lines` lines of the pane, or all with its scrollback when ≤ 0; undefined when the session is absent. */
export async function capture(place: SessionPlace, lines: number): Promise<string | undefined> {
  const args = [lines > 0 ? `-${Math.min(lines, MOST_LINES)}` : '-'];
  const result = await succeedInSession(place, {text: peekScript, args, again: 'safe'});
  return result && lastLines(result.stdout.toString(), lines);
}

/** The last lines that were written: tmux pads the screen with empty lines below the cursor. */
function lastLines(screen: string, lines: number): string {
  let end = screen.length;
  while (end > 0 && screen[end - 1] === '\n') end--;
  if (end === 0) return '';
  const written = screen.slice(0, end);
  const kept = lines > 0 ? written.split('\n').slice(-lines).join('\n') : written;
  return `${kept}\n`;
}

/** Clears the pane's scrollback. */
export async function clearHistory(place: SessionPlace): Promise<void> {
  await succeedInSession(place, {text: clearHistoryScript, again: 'safe'});
}

/** When the pane last had output or input, in seconds since 1970; undefined when the session is absent. */
export async function lastActivity(place: SessionPlace): Promise<number | undefined> {
  const result = await succeedInSession(place, {text: activityScript, again: 'safe'});
  return result && Math.max(...result.stdout.toString().trim().split(/\s+/).map(Number));
}

/** True when a tmux client is attached. */
export async function hasClients(place: SessionPlace): Promise<boolean> {
  const result = await succeedInSession(place, {text: clientsScript, again: 'safe'});
  return result !== undefined && result.stdout.length > 0;
}

/** True when the tmux session exists in this pod, which the caller knows to be the session's. */
export async function hasTerminal(place: SessionPlace, pod: string): Promise<boolean> {
  const script = {text: hasSessionScript, again: 'safe'} as const;
  const outcome = await runInPod({...place, pod, guard: ''}, script);
  return typeof outcome === 'object' && outcome.exitCode === 0;
}
