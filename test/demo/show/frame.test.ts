import picocolors from 'picocolors';
import {expect, it} from 'vitest';
import {sceneFrame} from '../../../demo/show/frame.ts';
import type {Scene} from '../../../demo/show/scene.ts';

const plain = picocolors.createColors(false);

const SCENE: Scene = {
  place: 'embedded cluster',
  steps: [
    {title: 'bring the cluster up', state: 'done', note: 'it is up', seconds: 0.42},
    {title: 'start three agents', state: 'running', note: '', seconds: 0},
    {title: 'nudge them', state: 'failed', note: 'why '.repeat(40), seconds: 12},
    {title: 'clean up', state: 'ahead', note: '', seconds: 0},
  ],
  agents: [],
  events: [1, 2, 3, 4].map(seq => ({seq, type: 'session.woke', subject: 'mayor'})),
};

it('shows every step with its state, what was seen and how long it took', () => {
  const window = {columns: 80, rows: 40, tick: 0};
  const lines = sceneFrame(SCENE, window, plain).map(line => line.trimEnd());
  expect(lines[0]).toBe('gc-k8s demo  embedded cluster');
  expect(lines[2]).toMatch(/^✔ bring the cluster up {3}it is up +0\.4 s$/);
  expect(lines[3]).toBe('⠋ start three agents');
  expect(lines[4]).toMatch(/^✖ nudge them {13}why why .*… ?12\.0 s$/);
  expect(lines[5]).toBe('· clean up');
  expect(lines.slice(-2)).toEqual([
    '#1 session.woke mayor     #2 session.woke mayor     #3 session.woke mayor',
    '#4 session.woke mayor',
  ]);
});

it('never draws a line that the terminal would break', () => {
  for (const columns of [40, 60, 80, 110]) {
    const agents = (['a', 'b', 'c'] as const).map(name => ({
      name,
      state: 'running' as const,
      pane: ['x'.repeat(200)],
    }));
    const lines = sceneFrame({...SCENE, agents}, {columns, rows: 40, tick: 3}, plain);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(columns);
  }
});

it('gives terminals fewer lines where there are few', () => {
  const agents = [{name: 'mayor', state: 'running' as const, pane: []}];
  const high = (rows: number) =>
    sceneFrame({...SCENE, agents}, {columns: 80, rows, tick: 0}, plain).length;
  expect(high(24)).toBeLessThanOrEqual(24);
  expect(high(24)).toBeLessThan(high(50));
});
