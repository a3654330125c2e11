/** One member of a JSON object. */
export interface Member {
  /** With its escapes resolved. */
  readonly key: string;
  /** The value as it was written, without whitespace between tokens. */
  readonly raw: string;
}

const TAB = 9;
const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
const SPACE = 32;

/**
 * The members of a JSON object in order, each value as it was written: numbers keep their digits. The text
 * must be a valid object (check with `JSON.parse`). Not recursive, so deep nesting cannot overflow the stack.
 */
export function splitObject(text: string): Member[] {
  const members: Member[] = [];
  let at = text.indexOf('{') + 1;
  for (;;) {
    at = skipTo(text, at, '"}');
    if (text[at] !== '"') return members;
    const keyEnd = endOfString(text, at);
    const valueStart = text.indexOf(':', keyEnd) + 1;
    const valueEnd = endOfValue(text, valueStart);
    members.push({
      key: JSON.parse(text.slice(at, keyEnd)) as string,
      raw: compact(text.slice(valueStart, valueEnd)),
    });
    at = valueEnd;
  }
}

/** Joins members into an object; of several with the same key the last one wins, as in Go. */
export function joinObject(members: readonly Member[]): string {
  const last = new Map(members.map((member, index) => [member.key, index]));
  const kept = members.filter((member, index) => last.get(member.key) === index);
  return `{${kept.map(({key, raw}) => `${JSON.stringify(key)}:${raw}`).join(',')}}`;
}

/** Removes the whitespace between the tokens of valid JSON. */
export function compact(text: string): string {
  const pieces: string[] = [];
  let start = 0;
  let at = 0;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === 34) {
      at = endOfString(text, at);
      continue;
    }
    if (isSpace(code)) {
      if (at > start) pieces.push(text.slice(start, at));
      start = at + 1;
    }
    at += 1;
  }
  if (start === 0) return text;
  pieces.push(text.slice(start));
  return pieces.join('');
}

/** The nesting depth of arrays and objects in valid JSON. */
export function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (character === '"') at = endOfString(text, at) - 1;
    else if (character === '{' || character === '[') deepest = Math.max(deepest, ++depth);
    else if (character === '}' || character === ']') depth -= 1;
  }
  return deepest;
}

function isSpace(code: number): boolean {
  return code === SPACE || code === LINE_FEED || code === CARRIAGE_RETURN || code === TAB;
}

function skipTo(text: string, from: number, wanted: string): number {
  let at = from;
  while (at < text.length && !wanted.includes(text.charAt(at))) at += 1;
  return at;
}

/** The index after the closing quote. @param start the index of the opening quote */
function endOfString(text: string, start: number): number {
  let quote = text.indexOf('"', start + 1);
  while (quote !== -1 && isEscaped(text, quote)) quote = text.indexOf('"', quote + 1);
  return quote === -1 ? text.length : quote + 1;
}

function isEscaped(text: string, at: number): boolean {
  let backslashes = 0;
  while (text[at - 1 - backslashes] === '\\') backslashes += 1;
  return backslashes % 2 === 1;
}

function endOfValue(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    const character = text[at];
    if (character === '"') at = endOfString(text, at) - 1;
    else if (character === '{' || character === '[') depth += 1;
    else if ((character === ',' || character === '}') && depth === 0) return at;
    else if (character === '}' || character === ']') depth -= 1;
  }
  return text.length;
}
