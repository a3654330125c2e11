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

/** The words of a line that consists of plain and single-quoted words; undefined for any other. */
function quotedWords(line: string): string[] | undefined {
  const words: string[] = [];
  // One word: pieces in single quotes, quotes escaped between them, plain characters.
  const word = /((?:'[^']*'|\\'|[A-Za-z0-9_./:=@%+-])+)(?:[ \t]+|$)/gy;
  while (word.lastIndex < line.length) {
    const match = word.exec(line);
    if (!match?.[1]) return undefined;
    words.push(match[1].replaceAll(/'([^']*)'|\\(')/g, (_, quoted?: string) => quoted ?? "'"));
  }
  return words;
}
