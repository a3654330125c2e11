/**
 * A screen as `tmux capture-pane -e` gives it, each line cut into runs of one style:
 * `{column, text, style}`. Where nothing is written there is no run. Styles are the words that the
 * picture has classes for.
 */
export function styledScreen(lines) {
  let style = new Set();
  // tmux names a style where it changes, over the ends of lines.
  return lines.map(line => {
    const runs = [];
    let column = 0;
    for (const [, codes, text] of line.matchAll(/\u001b\[([0-9;]*)m|([^\u001b]+)/g)) {
      if (text === undefined) {
        style = applied(style, codes);
        continue;
      }
      for (const [piece] of text.matchAll(/ +|(?:[^ ]| (?=[^ ]))+/g)) {
        if (piece.trim() !== '') runs.push({column, text: piece, style: [...style].join(' ')});
        column += [...piece].length;
      }
    }
    return runs;
  });
}

const COLORS = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'];

/** The style after these codes (ECMA-48, SGR); the ones that the demo does not use change nothing. */
function applied(style, codes) {
  const next = new Set(style);
  const forget = names => names.forEach(name => next.delete(name));
  for (const code of codes.split(';').map(Number)) {
    if (code === 0) next.clear();
    else if (code === 1) next.add('bold');
    else if (code === 2) next.add('dim');
    else if (code === 22) forget(['bold', 'dim']);
    else if (code === 39) forget(COLORS);
    else if ((code >= 30 && code <= 37) || (code >= 90 && code <= 97)) {
      forget(COLORS);
      next.add(COLORS[code % 10]);
    }
  }
  return next;
}
