/** A command of `exec` by which gc types into the terminal. */
export type TerminalCommand =
  | {readonly kind: 'type'; readonly text: string}
  | {readonly kind: 'press'; readonly keys: readonly string[]};

/**
 * Recognises exactly the two forms in which gc types through `exec` (session-protocol.md, "Handshake"):
 * `'tmux' 'send-keys' '-t' 'main' '-l' 'TEXT'`, and the same with key names. Run as they are, tmux would
 * refuse texts that begin with "-", drop a trailing ";" and fail above 16 KB. Undefined for every other
 * command (another target, other quoting, several commands), which a shell has to run.
 */
export function terminalCommand(command: string): TerminalCommand | undefined {
  const words = quotedWords(command.trim());
  if (words?.[0] !== 'tmux' || words[1] !== 'send-keys') return undefined;
  if (words[2] !== '-t' || words[3] !== 'main') return undefined;
  const [first, ...rest] = words.slice(4);
  if (first === '-l') return rest.length === 1 ? {kind: 'type', text: rest[0] ?? ''} : undefined;
  if (first === undefined || first.startsWith('-')) return undefined;
  return {kind: 'press', keys: [first, ...rest]};
}

/**
 * The words of a line that consists of plain and single-quoted words; undefined for any other. Piece by
 * piece: a pattern for a whole word takes stack for each of its pieces, and a long one overflows it.
 */
function quotedWords(line: string): string[] | undefined {
  const words: string[] = [];
  let word: string | undefined;
  // In single quotes, a quote escaped between them, plain characters, or what separates words.
  const piece = /'([^']*)'|\\(')|([A-Za-z0-9_./:=@%+-]+)|[ \t]+/gy;
  while (piece.lastIndex < line.length) {
    const match = piece.exec(line);
    if (!match) return undefined;
    const [, quoted, escaped, plain] = match;
    const text = quoted ?? escaped ?? plain;
    if (text !== undefined) word = (word ?? '') + text;
    else if (word !== undefined) {
      words.push(word);
      word = undefined;
    }
  }
  return word === undefined ? words : [...words, word];
}
