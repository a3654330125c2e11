import pico from 'picocolors';
import {describe, expect, it} from 'vitest';
import {agentView} from '../../../src/people/status/agent-view.ts';
import {asTable, summary} from '../../../src/people/status/rows.ts';
import {NOW_MS, PODS} from './pods.ts';

const VIEWS = PODS.map(pod => agentView(pod, NOW_MS));
const plain = {paint: pico.createColors(false), width: Infinity, isWide: false};

describe('status', () => {
  it('says in one line what an agent does, since when and why it does not run', async () => {
    await expect(asTable(VIEWS, NOW_MS, plain)).toMatchFileSnapshot(
      '../../golden/people/status.txt',
    );
  });

  it('has agent, node, image and last activity when it may be wide', async () => {
    const asked = VIEWS.map(view =>
      view.session === 'Mayor' ? {...view, lastActivity: '2026-01-02T11:59:48Z'} : view,
    );
    await expect(asTable(asked, NOW_MS, {...plain, isWide: true})).toMatchFileSnapshot(
      '../../golden/people/status-wide.txt',
    );
  });

  it('gives programs the same as fields', async () => {
    await expect(`${JSON.stringify(VIEWS, undefined, 2)}\n`).toMatchFileSnapshot(
      '../../golden/people/status.json',
    );
  });

  it('cuts the reason to the terminal, and nothing else', () => {
    const lines = asTable(VIEWS, NOW_MS, {...plain, width: 80})
      .trimEnd()
      .split('\n');
    expect(Math.max(...lines.map(line => line.length))).toBe(80);
    expect(lines.filter(line => line.endsWith('…')).length).toBeGreaterThan(0);
    const narrow = asTable(VIEWS, NOW_MS, {...plain, width: 10});
    for (const {pod, state} of VIEWS) expect(narrow).toMatch(new RegExp(`${state}.*${pod}`));
  });

  it('colours the states where colours are wanted, and keeps the columns straight', () => {
    const coloured = asTable(VIEWS, NOW_MS, {...plain, paint: pico.createColors(true)});
    expect(coloured).toContain('\u001b[31mfailed\u001b[39m');
    expect(coloured.replaceAll(/\u001b\[\d+m/g, '')).toBe(asTable(VIEWS, NOW_MS, plain));
  });

  it('counts how many there are of each kind, the most first', () => {
    expect(summary(VIEWS)).toMatch(/^5 failed, 4 created, 3 running, 1 starting, /);
  });
});
