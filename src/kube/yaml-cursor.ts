/** Raised for YAML that this reader may not understand: js-yaml has to parse the text. */
export class NotSure extends Error {}

/** A position in the text of a kubeconfig, and the parts of one line that can be read there. */
export class Cursor {
  readonly text: string;
  /** Of the next character to read. */
  at = 0;

  constructor(text: string) {
    this.text = text;
  }

  /** A quoted scalar on one line. */
  quoted(): string {
    const start = this.at;
    const quote = this.next();
    let end = this.text.indexOf(quote, start + 1);
    const isPart = quote === '"' ? () => this.#isEscaped(end) : () => this.text[end + 1] === quote;
    while (end !== -1 && isPart()) {
      end = this.text.indexOf(quote, end + (quote === '"' ? 1 : 2));
    }
    const raw = this.text.slice(start, end + 1);
    if (end === -1 || raw.includes('\n')) throw new NotSure();
    this.at = end + 1;
    if (quote === "'") return raw.slice(1, -1).replaceAll("''", "'");
    return raw.includes('\\') ? jsonString(raw) : raw.slice(1, -1);
  }

  #isEscaped(at: number): boolean {
    let backslashes = 0;
    while (this.text[at - 1 - backslashes] === '\\') backslashes += 1;
    return backslashes % 2 === 1;
  }

  /** What is left of the line before a comment. */
  restOfLine(): string {
    const line = this.text.slice(this.at, this.lineEnd());
    const comment = line.startsWith('#') ? 0 : line.indexOf(' #');
    return comment === -1 ? line : line.slice(0, comment);
  }

  /** The text from here up to the first match of `end`, which is a global expression. */
  takeUntil(end: RegExp): string {
    end.lastIndex = this.at;
    const start = this.at;
    this.at = end.exec(this.text)?.index ?? this.text.length;
    return this.text.slice(start, this.at);
  }

  isDash(): boolean {
    const after = this.text[this.at + 1] ?? '\n';
    return this.next() === '-' && (after === ' ' || after === '\n');
  }

  lineEnd(): number {
    const end = this.text.indexOf('\n', this.at);
    return end === -1 ? this.text.length : end;
  }

  next(): string {
    return this.text[this.at] ?? '';
  }

  skipSpaces(): void {
    while (this.text[this.at] === ' ') this.at += 1;
  }

  skipBlanks(): void {
    while (this.text[this.at] === ' ' || this.text[this.at] === '\n') this.at += 1;
  }
}

function jsonString(raw: string): string {
  try {
    return JSON.parse(raw) as string;
  } catch {
    // YAML has escapes that JSON lacks.
    throw new NotSure();
  }
}

const WORDS = new Map<string, boolean | null>([
  ...['~', 'null', 'Null', 'NULL'].map(word => [word, null] as const),
  ...['true', 'True', 'TRUE'].map(word => [word, true] as const),
  ...['false', 'False', 'FALSE'].map(word => [word, false] as const),
]);

/** A scalar without quotes: a word of the YAML core schema, a small whole number, or text. */
export function plain(raw: string): unknown {
  if (/^(?:[^\w./~+-]|-(?: |$)|$)/.test(raw) || raw.includes(': ') || raw.endsWith(':')) {
    throw new NotSure();
  }
  const word = WORDS.get(raw);
  if (word !== undefined) return word;
  if (!/^[-+.]?[.\d]/.test(raw)) return raw;
  if (/^(?:0|[1-9]\d{0,14})$/.test(raw)) return Number(raw);
  // Other bases, fractions, exponents, infinities and timestamps.
  const mayBeSpecial = /^[-+]?(?:0[box]|\.[a-z])/i.test(raw) || !/[^-+.: \deEtTzZ]/.test(raw);
  if (mayBeSpecial) throw new NotSure();
  return raw;
}
