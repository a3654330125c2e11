import {expect, it} from 'vitest';
import {animatedSvg} from '../../scripts/recording/animated-svg.mjs';
import {styledScreen} from '../../scripts/recording/styled-runs.mjs';
import {timeline} from '../../scripts/recording/timeline.mjs';

const run = (text: string, column = 0, style = '') => ({column, text, style});

it('cuts lines into runs of one style, each at its column', () => {
  expect(styledScreen(['\u001b[1mgc\u001b[0m  demo it  \u001b[2;31mgone\u001b[39m!'])).toEqual([
    [run('gc', 0, 'bold'), run('demo it', 4), run('gone', 13, 'dim red'), run('!', 17, 'dim')],
  ]);
});

it('carries a style over the end of a line, as tmux does', () => {
  expect(styledScreen(['\u001b[31mred', 'still', '\u001b[mnot', '  '])).toEqual([
    [run('red', 0, 'red')],
    [run('still', 0, 'red')],
    [run('not')],
    [],
  ]);
});

it('knows when each row showed what', () => {
  const [one, two] = [[run('one')], [run('two')]];
  const screens = [
    {atMs: 0, lines: [one, []]},
    {atMs: 100, lines: [two, one]},
    {atMs: 300, lines: [one, one]},
  ];
  expect(timeline(screens, 1000)).toEqual([
    {
      row: 0,
      runs: one,
      spans: [
        [0, 100],
        [300, 1000],
      ],
    },
    {row: 0, runs: two, spans: [[100, 300]]},
    {row: 1, runs: one, spans: [[100, 1000]]},
  ]);
});

it('draws what never changes without moving it, and the telling moment where nothing moves', () => {
  const svg = animatedSvg({
    screens: [
      {atMs: 0, lines: [[run('always')], [run('a < b', 2, 'red')]]},
      {atMs: 500, lines: [[run('always')], [run('later')]]},
    ],
    endMs: 1000,
    stillMs: 500,
    columns: 10,
    rows: 2,
    title: 'a demo',
  });
  expect(svg).toMatch(/<g><text [^>]*>always<\/text><\/g>/);
  expect(svg).toMatch(/<g visibility="hidden" [^>]*><text [^>]*class="red">a &lt; b<\/text><\/g>/);
  expect(svg).toMatch(/<g visibility="visible" style="animation:f2 1000ms [^>]*><text [^>]*>later/);
  expect(svg).toContain(
    '@keyframes f2{0%{visibility:hidden}50.00%{visibility:visible}100%{visibility:visible}}',
  );
  expect(svg).toContain('prefers-reduced-motion');
});
