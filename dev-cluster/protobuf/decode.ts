import type {JsonObject} from '../json.ts';
import type {Schema, Type} from './schemas.ts';
import {schemas} from './schemas.ts';
import type {Field} from './wire.ts';
import {fieldsOf} from './wire.ts';

/** The prefix of every protobuf body of Kubernetes; a runtime.Unknown follows. */
const magic = Buffer.from('k8s\0');

/** A kind without a schema here. */
export class UnknownKindError extends Error {
  readonly kind: string;

  constructor(kind: string) {
    super(`no protobuf schema for ${kind}`);
    this.kind = kind;
  }
}

/** Decodes Kubernetes protobuf into the equivalent JSON; raises UnknownKindError, or Error. */
export function decodeProtobuf(body: Buffer): JsonObject {
  if (!body.subarray(0, 4).equals(magic)) throw new Error('the body has no k8s prefix');
  let [apiVersion, kind] = ['', ''];
  let raw: Buffer = Buffer.alloc(0);
  for (const {number, value} of fieldsOf(body.subarray(4))) {
    if (number === 2) raw = bytesOf(value);
    if (number !== 1) continue;
    for (const field of fieldsOf(bytesOf(value))) {
      if (field.number === 1) apiVersion = bytesOf(field.value).toString();
      if (field.number === 2) kind = bytesOf(field.value).toString();
    }
  }
  const schema = schemas[kind];
  if (schema === undefined) throw new UnknownKindError(kind);
  return {kind, apiVersion, ...messageOf(raw, schema)};
}

/** Drops zero values: Go's protobuf includes fields that its JSON omits. */
function messageOf(bytes: Buffer, schema: Schema): JsonObject {
  const message: Record<string, unknown> = {};
  for (const field of fieldsOf(bytes)) {
    const [name, type] = schema[field.number] ?? [];
    if (name === undefined || type === undefined) continue;
    const value = valueOf(field, type, message[name]);
    if (value !== undefined) message[name] = value;
  }
  return message;
}

function valueOf({value}: Field, type: Type, before: unknown): unknown {
  switch (type) {
    case 'string':
      return bytesOf(value).toString() || undefined;
    case 'bytes':
      return bytesOf(value).toString('base64');
    case 'bool':
      return value !== 0n;
    case 'integer':
      return integerOf(value) || undefined;
    case 'optional integer':
      return integerOf(value);
    case 'time':
      return timeOf(bytesOf(value));
  }
  if ('message' in type) return messageOf(bytesOf(value), type.message);
  if ('list' in type) {
    const items: readonly unknown[] = Array.isArray(before) ? before : [];
    const text = bytesOf(value);
    return [
      ...items,
      type.list === 'string' ? text.toString() : messageOf(text, type.list.message),
    ];
  }
  return {...(before ?? {}), ...entryOf(bytesOf(value), type.map)};
}

function entryOf(bytes: Buffer, type: 'string' | 'bytes'): JsonObject {
  let [key, value] = ['', ''];
  for (const field of fieldsOf(bytes)) {
    if (field.number === 1) key = bytesOf(field.value).toString();
    else value = bytesOf(field.value).toString(type === 'bytes' ? 'base64' : 'utf8');
  }
  return {[key]: value};
}

/** Undefined for an empty message. */
function timeOf(bytes: Buffer): string | undefined {
  for (const {number, value} of fieldsOf(bytes)) {
    if (number !== 1 || typeof value !== 'bigint') continue;
    const milliseconds = Number(BigInt.asIntN(64, value)) * 1000;
    return new Date(milliseconds).toISOString().replace('.000Z', 'Z');
  }
  return undefined;
}

function integerOf(value: bigint | Buffer): number {
  if (typeof value !== 'bigint') throw new Error('proto: bytes where a number should be');
  return Number(BigInt.asIntN(64, value));
}

function bytesOf(value: bigint | Buffer): Buffer {
  if (typeof value === 'bigint') throw new Error('proto: a number where bytes should be');
  return value;
}
