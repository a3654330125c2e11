import {timeline} from './timeline.mjs';

/** Pixels. The width of a column is that of the usual monospaced fonts, 0.602 of their size. */
const FONT = 14;
const COLUMN = FONT * 0.602;
const ROW = 17;
const MARGIN = 14;

const STYLE = `
text{font:${FONT}px ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace;fill:#d1d7e0;white-space:pre}
.bold{font-weight:bold}.dim{fill:#8b949e}.red{fill:#ff7b72}.green{fill:#56d364}.yellow{fill:#e3b341}
.blue{fill:#79c0ff}.magenta{fill:#d2a8ff}.cyan{fill:#56d4dd}.white{fill:#f0f6fc}
@media (prefers-reduced-motion:reduce){g{animation:none!important}}`;

/**
 * A terminal's screens as a moving picture that begins again at its end. Where nothing moves (a
 * reader who wants it so, a program that cannot) the screen of `stillMs` is seen.
 */
export function animatedSvg({screens, endMs, stillMs, columns, rows, title}) {
  const width = Math.ceil(columns * COLUMN + 2 * MARGIN);
  const height = rows * ROW + 2 * MARGIN;
  const parts = timeline(screens, endMs).map((part, at) => animated(part, {at, endMs, stillMs}));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    `<title>${escaped(title)}</title>`,
    `<style>${STYLE}`,
    ...parts.map(({keyframes}) => keyframes).filter(Boolean),
    '</style>',
    `<rect width="${width}" height="${height}" rx="8" fill="#0d1117"/>`,
    ...parts.map(({group}) => group),
    '</svg>\n',
  ].join('\n');
}

function animated({row, runs, spans}, {at, endMs, stillMs}) {
  const texts = runs.map(run => textElement(run, row));
  const isAlways = spans[0][0] === 0 && spans[0][1] === endMs;
  if (isAlways) return {keyframes: '', group: `<g>${texts.join('')}</g>`};
  const isInStill = spans.some(([from, to]) => from <= stillMs && stillMs < to);
  const percent = ms => `${((ms / endMs) * 100).toFixed(2)}%`;
  const steps = spans.flatMap(([from, to]) => [
    `${percent(from)}{visibility:visible}`,
    ...(to < endMs ? [`${percent(to)}{visibility:hidden}`] : []),
  ]);
  const first = spans[0][0] === 0 ? [] : ['0%{visibility:hidden}'];
  const last = `100%{visibility:${spans.at(-1)[1] < endMs ? 'hidden' : 'visible'}}`;
  return {
    keyframes: `@keyframes f${at}{${[...first, ...steps, last].join('')}}`,
    group: `<g visibility="${isInStill ? 'visible' : 'hidden'}" style="animation:f${at} ${endMs}ms step-end infinite">${texts.join('')}</g>`,
  };
}

/** `textLength` keeps the columns in line where another font is taken. */
function textElement({column, text, style}, row) {
  const x = (MARGIN + column * COLUMN).toFixed(1);
  const y = MARGIN + row * ROW + FONT - 1;
  const length = ([...text].length * COLUMN).toFixed(1);
  const kind = style === '' ? '' : ` class="${style}"`;
  return `<text x="${x}" y="${y}" textLength="${length}" lengthAdjust="spacingAndGlyphs"${kind}>${escaped(text)}</text>`;
}

const escaped = text =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
