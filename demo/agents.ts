/** One agent of the demo's city, and the message it gets. */
export interface Agent {
  /** The session name, free text as from gc. */
  readonly name: string;
  /** The content of TASK.md in its work directory. */
  readonly task: string;
  readonly nudge: string;
  /** Matches a line that only the correct answer contains. */
  readonly answer: RegExp;
}

/** The three agents; the second one's pod is killed. */
export const AGENTS: readonly [Agent, Agent, Agent] = [
  {
    name: 'mayor',
    task: 'Keep the city running.',
    nudge: 'where are you?',
    answer: /└ \/workspace$/,
  },
  {
    name: 'rig/polecat-1',
    task: 'Mend the login form.',
    nudge: 'what is your work?',
    answer: /└ Mend the login form\.$/,
  },
  {
    name: 'rig/polecat-2',
    task: 'Say hello.',
    nudge: 'make a file',
    answer: /└ 6 hello\.txt$/,
  },
];

const PROMPT = '❯';

/** True when the agent waits for input: its last line is an empty prompt. */
export function isWaiting(pane: readonly string[]): boolean {
  return pane.findLast(line => line.trim() !== '')?.trim() === PROMPT;
}

/** How many times this message was typed at the agent's prompt. */
export function timesTold(pane: readonly string[], message: string): number {
  return pane.filter(line => line.trim() === `${PROMPT} ${message}`).length;
}

/** True when the agent received the message, answered it and waits again. */
export function hasAnswered(pane: readonly string[], {nudge, answer}: Agent): boolean {
  const told = pane.findIndex(line => line.trim() === `${PROMPT} ${nudge}`);
  const since = told < 0 ? [] : pane.slice(told).map(line => line.trimEnd());
  return since.some(line => answer.test(line)) && since.includes('● Done.') && isWaiting(since);
}
