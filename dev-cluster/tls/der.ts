/** Just enough of ASN.1's DER to write a certificate. */
function element(tag: number, ...contents: readonly Buffer[]): Buffer {
  const content = Buffer.concat(contents);
  return Buffer.concat([Buffer.from([tag]), lengthOf(content.length), content]);
}

function lengthOf(bytes: number): Buffer {
  if (bytes < 0x80) return Buffer.from([bytes]);
  const digits: number[] = [];
  for (let rest = bytes; rest > 0; rest = Math.floor(rest / 256)) digits.unshift(rest % 256);
  return Buffer.from([0x80 | digits.length, ...digits]);
}

export const sequence = (...items: readonly Buffer[]): Buffer => element(0x30, ...items);
export const setOf = (...items: readonly Buffer[]): Buffer => element(0x31, ...items);
export const octets = (content: Buffer): Buffer => element(0x04, content);
export const text = (value: string): Buffer => element(0x0c, Buffer.from(value));
export const truth = (): Buffer => element(0x01, Buffer.from([0xff]));

/** An explicit context tag around whole elements. */
export const tagged = (tag: number, ...items: readonly Buffer[]): Buffer =>
  element(0xa0 | tag, ...items);

/** An implicit context tag: the content stands for itself. */
export const implicit = (tag: number, content: Buffer): Buffer => element(0x80 | tag, content);

/** A positive integer, given as big-endian bytes. */
export function integer(bytes: Buffer): Buffer {
  const first = bytes[0] ?? 0;
  return element(0x02, first >= 0x80 ? Buffer.from([0]) : Buffer.alloc(0), bytes);
}

export const bits = (content: Buffer, unused = 0): Buffer =>
  element(0x03, Buffer.from([unused]), content);

export function time(date: Date): Buffer {
  const digits = date.toISOString().replaceAll(/[-:T]|\.\d+/g, '');
  return element(0x17, Buffer.from(digits.slice(2)));
}

export function identifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const bytes = [first * 40 + second];
  for (const part of rest) {
    const digits = [part % 128];
    for (let more = Math.floor(part / 128); more > 0; more = Math.floor(more / 128)) {
      digits.unshift(0x80 | (more % 128));
    }
    bytes.push(...digits);
  }
  return element(0x06, Buffer.from(bytes));
}
