import pico from 'picocolors';
import {describe, expect, it} from 'vitest';
import {agentView} from '../../../src/people/status/agent-view.ts';
import {asTable, summary} from '../../../src/people/status/rows.ts';
import {screen, screenOfHeight} from '../../../src/people/status/screen.ts';
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

  it('gives up columns that say nothing before it cuts a reason', () => {
    const plainly = VIEWS.filter(({pod, session, restarts}) => pod === session && restarts === 0);
    const headings = (views: typeof VIEWS, width: number) =>
      asTable(views, NOW_MS, {...plain, width})
        .split('\n', 1)[0]
        ?.trim()
        .split(/ +/);
    expect(headings(plainly, 70)).toEqual(['SESSION', 'STATE', 'SINCE', 'WHY']);
    expect(headings(plainly, 999)).toEqual(headings(plainly, Infinity));
    // Names and restarts that differ are worth more than the end of a sentence.
    expect(headings(VIEWS, 70)).toEqual(headings(VIEWS, Infinity));
    expect(asTable(plainly, NOW_MS, {...plain, width: 70})).toContain('ended with exit code 3\n');
  });

  it('keeps on a low terminal what needs a look, and counts the rest', () => {
    const look = {...plain, width: 120};
    const drawn = screenOfHeight(12, VIEWS, NOW_MS, look).trimEnd().split('\n');
    expect(drawn.length).toBeLessThan(12);
    expect(drawn[0]).toMatch(/^SESSION /);
    const failed = VIEWS.filter(({state}) => state === 'failed').map(({session}) => session);
    const shown = drawn.slice(1, -3).map(line => line.split(' ', 1)[0]);
    expect(shown.filter(session => failed.includes(session ?? ''))).toEqual(failed);
    expect(drawn.at(-3)).toBe(
      `… and ${VIEWS.length - shown.length} more: 4 created, 3 running, 3 stopping, 1 success, 1 starting`,
    );
    expect(screenOfHeight(60, VIEWS, NOW_MS, look)).toBe(screen(VIEWS, NOW_MS, look));
  });

  it('colours the states where colours are wanted, and keeps the columns straight', () => {
    const coloured = asTable(VIEWS, NOW_MS, {...plain, paint: pico.createColors(true)});
    expect(coloured).toContain('\u001b[31mfailed\u001b[39m');
    expect(coloured.replaceAll(/\u001b\[\d+m/g, '')).toBe(asTable(VIEWS, NOW_MS, plain));
  });

  it('counts how many there are of each kind, the most first', () => {
    expect(summary(VIEWS)).toMatch(/^6 failed, 4 created, 3 running, 3 stopping, 2 starting, /);
  });
});
