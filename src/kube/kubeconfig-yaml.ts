import {Cursor, NotSure, plain} from './yaml-cursor.ts';

/**
 * Parses a kubeconfig. Loading js-yaml would cost every call some milliseconds, so a small reader of the
 * usual shapes comes first; js-yaml is loaded only for what that one does not understand.
 *
 * Raises js-yaml's YAMLException. Its message quotes the file, which holds secrets: never show it.
 */
export async function parseKubeconfig(text: string): Promise<unknown> {
  return readUsualYaml(text) ?? (await import('js-yaml')).load(text);
}

/**
 * Reads JSON and the YAML that kubectl and the tools of the cloud providers write: block and flow
 * collections of one-line scalars. Gives undefined for everything it may not understand; where it gives a
 * value, that is what js-yaml would give.
 */
export function readUsualYaml(text: string): unknown {
  // Tabs, carriage returns, non-ASCII and control characters have rules of their own in YAML.
  if (/[^\x20-\x7e\n]/.test(text) || text.includes('\n---') || text.includes('\n...')) {
    return undefined;
  }
  try {
    return new Reader(text).document();
  } catch (error) {
    if (error instanceof NotSure) return undefined;
    throw error;
  }
}

/** Far below js-yaml's own limit of 100, far above any kubeconfig's. */
const DEEPEST = 32;

type Fields = Record<string, unknown>;

class Reader extends Cursor {
  /** Column of the line's first character in block context; -1 at the end of the text. */
  #column = -1;
  #depth = 0;

  document(): unknown {
    const start = this.text.startsWith('---\n') ? 4 : 0;
    this.#seekLine(start);
    const inFlow = this.next() === '{' || this.next() === '[';
    const value = inFlow ? this.#inline() : this.#block();
    if (this.#column !== -1) throw new NotSure();
    return value;
  }

  #block(): unknown {
    return this.#nested(() => (this.isDash() ? this.#sequence() : this.#mapping()));
  }

  #mapping(): Fields {
    const column = this.#column;
    const fields: Fields = {};
    do {
      const key = this.#key();
      const after = this.next();
      if (after !== ' ' && after !== '\n' && after !== '') throw new NotSure();
      store(fields, key, this.#value(column, true));
    } while (this.#column === column && !this.isDash());
    if (this.#column > column) throw new NotSure();
    return fields;
  }

  #sequence(): unknown[] {
    const column = this.#column;
    const items: unknown[] = [];
    do {
      const dash = this.at;
      this.at += 1;
      this.skipSpaces();
      if (this.isDash()) throw new NotSure();
      if (this.#startsMapping()) {
        this.#column = column + this.at - dash;
        items.push(this.#block());
      } else {
        items.push(this.#value(column, false));
      }
    } while (this.#column === column && this.isDash());
    if (this.#column > column) throw new NotSure();
    return items;
  }

  /** What follows `key:` or `-` in a collection at `column`: the rest of the line, or a block below. */
  #value(column: number, dashMayAlign: boolean): unknown {
    this.skipSpaces();
    const next = this.next();
    if (next !== '' && next !== '\n' && next !== '#') return this.#inline();
    this.#seekLine(this.lineEnd() + 1);
    const isBelow = this.#column > column;
    const isAligned = dashMayAlign && this.#column === column && this.isDash();
    return isBelow || isAligned ? this.#block() : null;
  }

  /** A value that ends with its line, or a flow collection; goes on to the next line. */
  #inline(): unknown {
    const next = this.next();
    let value: unknown;
    if (next === '{' || next === '[') value = this.#flow();
    else if (next === '"' || next === "'") value = this.quoted();
    else {
      const line = this.restOfLine();
      this.at += line.length;
      value = plain(line.trimEnd());
    }
    const end = this.lineEnd();
    const rest = this.text.slice(this.at, end);
    const left = rest.trimStart();
    if (left !== '' && (!left.startsWith('#') || left === rest)) throw new NotSure();
    this.#seekLine(end + 1);
    return value;
  }

  #flow(): unknown {
    return this.#nested(() => {
      const isMapping = this.next() === '{';
      const close = isMapping ? '}' : ']';
      const fields: Fields = {};
      const items: unknown[] = [];
      this.at += 1;
      this.skipBlanks();
      while (this.next() !== close) {
        if (isMapping) this.#flowField(fields);
        else items.push(this.#flowValue());
        this.skipBlanks();
        if (this.next() === ',') this.at += 1;
        else if (this.next() !== close) throw new NotSure();
        this.skipBlanks();
      }
      this.at += 1;
      return isMapping ? fields : items;
    });
  }

  #flowField(fields: Fields): void {
    const isQuoted = this.next() === '"' || this.next() === "'";
    const key = this.#key();
    const after = this.next();
    if (!isQuoted && after !== ' ' && after !== '\n') throw new NotSure();
    this.skipBlanks();
    store(fields, key, this.#flowValue());
  }

  #flowValue(): unknown {
    const next = this.next();
    if (next === '{' || next === '[') return this.#flow();
    if (next === '"' || next === "'") return this.quoted();
    return plain(this.takeUntil(/[,[\]{}#\n]|$/g).trimEnd());
  }

  /** A key and the colon behind it. */
  #key(): string {
    let key: unknown;
    if (this.next() === '"' || this.next() === "'") {
      key = this.quoted();
      this.skipSpaces();
    } else {
      const colon = this.text.indexOf(':', this.at);
      const raw = this.text.slice(this.at, Math.max(colon, this.at));
      if (!/^[A-Za-z_][\w./-]*$/.test(raw)) throw new NotSure();
      key = plain(raw);
      this.at = colon;
    }
    if (typeof key !== 'string' || this.next() !== ':') throw new NotSure();
    this.at += 1;
    return key;
  }

  /** Whether the item of a sequence that begins here is a mapping. */
  #startsMapping(): boolean {
    const next = this.next();
    if (next === '{' || next === '[') return false;
    if (next !== '"' && next !== "'") return /:(?: |$)/.test(this.restOfLine().trimEnd());
    const start = this.at;
    this.quoted();
    this.skipSpaces();
    const isKey = this.next() === ':';
    this.at = start;
    return isKey;
  }

  /** Goes to the first line from `start` on that holds more than blanks and a comment. */
  #seekLine(start: number): void {
    for (let line = start; line < this.text.length; line = this.lineEnd() + 1) {
      this.at = line;
      this.skipSpaces();
      this.#column = this.at - line;
      if (this.next() !== '' && this.next() !== '\n' && this.next() !== '#') return;
    }
    this.at = this.text.length;
    this.#column = -1;
  }

  #nested<T>(read: () => T): T {
    this.#depth += 1;
    if (this.#depth > DEEPEST) throw new NotSure();
    const value = read();
    this.#depth -= 1;
    return value;
  }
}

function store(fields: Fields, key: string, value: unknown): void {
  if (Object.hasOwn(fields, key) || key === '__proto__' || key === '<<') throw new NotSure();
  fields[key] = value;
}
