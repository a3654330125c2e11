import type {Colors} from 'picocolors/types';
import type {AgentView} from './scene.ts';

/** Panes narrower than this are stacked instead of placed side by side. */
const LEAST_COLUMNS = 24;

export interface Space {
  readonly columns: number;
  /** Lines of each pane, without its frame. */
  readonly rows: number;
}

/** The agents' terminals in frames, side by side where there is room, as lines. */
export function framedPanes(
  agents: readonly AgentView[],
  {columns, rows}: Space,
  colors: Colors,
): string[] {
  if (agents.length === 0) return [];
  const share = Math.floor((columns - (agents.length - 1)) / agents.length);
  if (share < LEAST_COLUMNS) {
    return agents.flatMap(agent => framed(agent, {columns, rows}, colors));
  }
  const frames = agents.map(agent => framed(agent, {columns: share, rows}, colors));
  return Array.from({length: rows + 2}, (_, at) => frames.map(frame => frame[at]).join(' '));
}

function framed(agent: AgentView, {columns, rows}: Space, colors: Colors): string[] {
  const inner = columns - 4;
  const edge = agent.state === 'gone' ? colors.red : colors.dim;
  const state = STATES[agent.state](colors);
  // "╭─ " before the title; " ", at least one "─" and "╮" after it.
  const name = clipped(agent.name, columns - 8 - agent.state.length);
  const rest = '─'.repeat(columns - 6 - length(name) - agent.state.length);
  return [
    `${edge('╭─')} ${colors.bold(name)} ${state} ${edge(`${rest}╮`)}`,
    ...lastLines(agent.pane, rows).map(line => {
      const text = clipped(line, inner);
      const padding = ' '.repeat(inner - length(text));
      return `${edge('│')} ${painted(text, colors)}${padding} ${edge('│')}`;
    }),
    edge(`╰${'─'.repeat(columns - 2)}╯`),
  ];
}

const STATES: Readonly<Record<AgentView['state'], (colors: Colors) => string>> = {
  starting: colors => colors.yellow('starting'),
  running: colors => colors.green('running'),
  gone: colors => colors.red('gone'),
  stopped: colors => colors.dim('stopped'),
};

/** The last lines of the terminal, padded with empty lines. */
export function lastLines(pane: readonly string[], rows: number): string[] {
  const end = pane.findLastIndex(line => line.trim() !== '') + 1;
  const shown = pane.slice(Math.max(0, end - rows), end);
  return [...shown, ...Array<string>(rows - shown.length).fill('')];
}

/** Captured panes have no colours: restores those of the stand-in. */
function painted(line: string, colors: Colors): string {
  if (line.startsWith('❯')) return colors.cyan('❯') + line.slice(1);
  if (line.startsWith('●')) return colors.green('●') + line.slice(1);
  if (/^[✶✻✽]/.test(line)) return colors.magenta(line);
  if (/^ *└/.test(line)) return colors.dim(line);
  return line;
}

function clipped(line: string, columns: number): string {
  const characters = charactersOf(line.trimEnd());
  if (characters.length <= columns) return characters.join('');
  return `${characters.slice(0, Math.max(0, columns - 1)).join('')}…`;
}

/** Splits by grapheme; the stand-in prints no double-width characters. */
const SEGMENTER = new Intl.Segmenter();

function charactersOf(line: string): string[] {
  return Array.from(SEGMENTER.segment(line), ({segment}) => segment);
}

const length = (line: string): number => charactersOf(line).length;
