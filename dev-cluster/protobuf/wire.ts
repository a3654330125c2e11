/** One field of a message; a length-delimited value is its bytes. */
export interface Field {
  readonly number: number;
  readonly value: bigint | Buffer;
}

/** The fields of a message in wire order; raises for invalid input. */
export function* fieldsOf(message: Buffer): Generator<Field> {
  const reader = new Reader(message);
  while (!reader.isAtEnd) {
    const tag = Number(reader.varint());
    const number = tag >>> 3;
    switch (tag & 7) {
      case 0:
        yield {number, value: reader.varint()};
        break;
      case 1:
        yield {number, value: reader.bytes(8).readBigUInt64LE()};
        break;
      case 2:
        yield {number, value: reader.bytes(Number(reader.varint()))};
        break;
      case 5:
        yield {number, value: BigInt(reader.bytes(4).readUInt32LE())};
        break;
      default:
        throw new Error(`proto: wrong wireType = ${tag & 7} for field ${number}`);
    }
  }
}

class Reader {
  readonly #message: Buffer;
  #at = 0;

  constructor(message: Buffer) {
    this.#message = message;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#message.length;
  }

  varint(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.bytes(1)[0] ?? 0;
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return value;
    }
    throw new Error('proto: integer overflow');
  }

  bytes(length: number): Buffer {
    const end = this.#at + length;
    if (end > this.#message.length) throw new Error('unexpected EOF');
    const bytes = this.#message.subarray(this.#at, end);
    this.#at = end;
    return bytes;
  }
}
