import picocolors from 'picocolors';
import {expect, it} from 'vitest';
import {framedPanes, lastLines} from '../../../demo/show/panes.ts';
import type {AgentView} from '../../../demo/show/scene.ts';

const plain = picocolors.createColors(false);

const AGENTS: AgentView[] = [
  {name: 'mayor', state: 'running', pane: ['❯ where are you?', '● Done.', '', '❯', '', '']},
  {name: 'rig/polecat-1', state: 'gone', pane: ['one', 'two', 'three', 'a line that is long']},
];

it('puts terminals side by side, each with its last lines', () => {
  expect(framedPanes(AGENTS, {columns: 53, rows: 3}, plain)).toEqual([
    '╭─ mayor running ────────╮ ╭─ rig/polecat-1 gone ───╮',
    '│ ● Done.                │ │ two                    │',
    '│                        │ │ three                  │',
    '│ ❯                      │ │ a line that is long    │',
    '╰────────────────────────╯ ╰────────────────────────╯',
  ]);
});

it('puts them one above the other where there is no room, and cuts what is too long', () => {
  expect(framedPanes(AGENTS, {columns: 22, rows: 1}, plain)).toEqual([
    '╭─ mayor running ────╮',
    '│ ❯                  │',
    '╰────────────────────╯',
    '╭─ rig/polec… gone ──╮',
    '│ a line that is lo… │',
    '╰────────────────────╯',
  ]);
});

it('has nothing to show without agents', () => {
  expect(framedPanes([], {columns: 80, rows: 4}, plain)).toEqual([]);
});

it('fills a short terminal up', () => {
  expect(lastLines(['', 'one', ''], 3)).toEqual(['', 'one', '']);
  expect(lastLines(['one'], 3)).toEqual(['one', '', '']);
  expect(lastLines([], 2)).toEqual(['', '']);
});
