import {stripVTControlCharacters} from 'node:util';
import Table from 'cli-table3';
import {visible} from '../cli/visible.ts';

/** Text from the cluster, or with a colour for it. */
export type Cell = string | {readonly text: string; readonly paint: (text: string) => string};

const NO_LINES = {
  ...{top: '', 'top-mid': '', 'top-left': '', 'top-right': ''},
  ...{bottom: '', 'bottom-mid': '', 'bottom-left': '', 'bottom-right': ''},
  ...{left: '', 'left-mid': '', mid: '', 'mid-mid': '', right: '', 'right-mid': ''},
};

/** Between two columns, as in kubectl. */
const GAP = '   ';

/** At least this much of the last column is shown. */
const MIN_LAST_WIDTH = 20;

/**
 * A table without borders, as kubectl prints it. Control characters in the cells are made visible.
 * `width`: the terminal width to truncate the last column to, which must be plain.
 */
export function table(
  headings: readonly Cell[],
  rows: readonly (readonly Cell[])[],
  width = Infinity,
): string {
  const drawn = new Table({
    chars: {...NO_LINES, middle: GAP},
    style: {'padding-left': 0, 'padding-right': 0, head: [], border: [], compact: true},
  });
  drawn.push(...fitted([headings, ...rows].map(shown), width));
  const lines = drawn.toString().split('\n');
  // cli-table3 pads the last column, too.
  return lines.map(line => `${line.trimEnd()}\n`).join('');
}

/** The width in terminal columns of a table with these rows, headings included. */
export function tableWidth(cells: readonly (readonly Cell[])[]): number {
  const rows = cells.map(shown);
  const columns = rows[0]?.length ?? 0;
  return Array.from({length: columns}, (_, at) => widest(rows, at) + GAP.length).reduce(
    (sum, each) => sum + each,
    -GAP.length,
  );
}

function shown(row: readonly Cell[]): string[] {
  return row.map(cell =>
    typeof cell === 'string' ? visible(cell) : cell.paint(visible(cell.text)),
  );
}

function fitted(rows: readonly (readonly string[])[], width: number): string[][] {
  const last = (rows[0]?.length ?? 1) - 1;
  const taken = Array.from({length: last}, (_, at) => widest(rows, at) + GAP.length);
  const left = Math.max(MIN_LAST_WIDTH, width - taken.reduce((sum, each) => sum + each, 0));
  return rows.map(row => row.map((cell, at) => (at === last ? cut(cell, left) : cell)));
}

function widest(rows: readonly (readonly string[])[], at: number): number {
  return Math.max(...rows.map(row => stripVTControlCharacters(row[at] ?? '').length));
}

function cut(cell: string, width: number): string {
  return cell.length > width ? `${cell.slice(0, width - 1)}…` : cell;
}
