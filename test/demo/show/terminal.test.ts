import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {PassThrough} from 'node:stream';
import picocolors from 'picocolors';
import {expect, it} from 'vitest';
import {terminalShow} from '../../../demo/show/terminal.ts';
import {temporaryDirectory} from '../../kit/temporary-directory.ts';
import {openScreen} from '../../kit/tmux-screen.ts';

const SIZE = {columns: 80, rows: 24};
const TITLES = ['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'];

it('draws what grew in the middle so that nothing is lost, at the end of a full terminal', async () => {
  const output = Object.assign(new PassThrough(), SIZE) as unknown as NodeJS.WriteStream;
  const pieces: Buffer[] = [];
  output.on('data', (piece: Buffer) => pieces.push(piece));
  const show = terminalShow(output, TITLES, picocolors.createColors(false));
  show.stepDone('one', 'seen', 1);
  show.event({seq: 1, type: 'controller.started', subject: ''});
  show.panes();
  for (const name of ['mayor', 'rig/polecat-1', 'rig/polecat-2']) {
    show.agent({name, state: 'starting', pane: []});
  }
  show.panes();
  show.stepDone('two', 'seen', 2);
  show.panes();
  show.event({seq: 2, type: 'session.woke', subject: 'mayor'});
  show.end(['the last line']);

  const file = join(temporaryDirectory(), 'output');
  writeFileSync(file, Buffer.concat(pieces));
  const screen = openScreen(SIZE, `seq 100; cat '${file}'; exec sleep 1000`, {});
  const lines = (await screen.shows(/the last line/)).split('\n').map(line => line.trimEnd());
  const begin = lines.indexOf('gc-k8s demo');
  expect(lines[begin + 1]).toBe('');
  expect(lines.slice(begin + 2, begin + 11).map(line => line.slice(2).split(' ')[0])).toEqual(
    TITLES,
  );
  expect(lines.filter(line => line.includes('mayor starting'))).toHaveLength(1);
  expect(lines.filter(line => line.startsWith('╰'))).toHaveLength(1);
  expect(lines.filter(line => line.includes('#1 controller.started'))).toHaveLength(1);
  expect(lines.at(-3)).toBe('the last line');
});
