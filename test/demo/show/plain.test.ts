import picocolors from 'picocolors';
import {expect, it} from 'vitest';
import {plainShow} from '../../../demo/show/plain.ts';

it('writes one line for all that happens, without any control sequence', () => {
  const lines: string[] = [];
  const show = plainShow(line => void lines.push(line), picocolors.createColors(false));
  show.place('embedded cluster');
  show.stepBegan('nudge them');
  show.event({seq: 1, type: 'controller.started', subject: ''});
  show.stepDone('nudge them', 'all answered', 1.25);
  show.stepFailed('clean up', 'it is still there', 3);
  show.agent({name: 'mayor', state: 'running', pane: ['❯']});
  show.panes();
  show.end(['export X=1']);
  expect(lines.slice(0, 5)).toEqual([
    'gc-k8s demo: embedded cluster',
    '… nudge them',
    '   event #1 controller.started',
    'ok nudge them: all answered (1.3 s)',
    'FAILED clean up: it is still there (after 3.0 s)',
  ]);
  expect(lines[6]).toMatch(/^│ ❯ +│$/);
  expect(lines.at(-1)).toBe('export X=1');
  expect(lines.join('')).not.toContain('\u001b');
});
