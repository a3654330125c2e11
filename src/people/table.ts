import Table from 'cli-table3';

const NO_LINES = {
  ...{top: '', 'top-mid': '', 'top-left': '', 'top-right': ''},
  ...{bottom: '', 'bottom-mid': '', 'bottom-left': '', 'bottom-right': ''},
  ...{left: '', 'left-mid': '', mid: '', 'mid-mid': '', right: '', 'right-mid': '', middle: ''},
};

/** Between two columns, as kubectl has it. */
const GAP = '   ';

/** Columns under their headings without lines, as kubectl prints them; cells may be coloured. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const drawn = new Table({
    chars: {...NO_LINES, middle: GAP},
    style: {'padding-left': 0, 'padding-right': 0, head: [], border: [], compact: true},
  });
  drawn.push([...headings], ...rows.map(row => [...row]));
  // The last column is padded, too, like all others.
  const lines = drawn.toString().split('\n');
  return lines.map(line => `${line.trimEnd()}\n`).join('');
}
