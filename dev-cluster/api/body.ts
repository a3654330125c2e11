import type {IncomingMessage} from 'node:http';
import {decodeProtobuf, UnknownKindError} from '../protobuf/decode.ts';
import {StatusError, badRequest, unsupportedMediaType} from './status.ts';

const limit = 3 * 1024 * 1024;

/**
 * Reads the whole body as JSON text, converting protobuf; raises 413 above the server's 3 MiB, 415 for
 * any other encoding.
 */
export async function readBody(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of request) {
    if (!Buffer.isBuffer(piece)) continue;
    size += piece.length;
    if (size <= limit) pieces.push(piece);
  }
  if (size > limit) {
    const message = `Request entity too large: limit is ${limit}`;
    throw new StatusError(413, {message, reason: 'RequestEntityTooLarge'});
  }
  const contentType = request.headers['content-type'] ?? '';
  const body = Buffer.concat(pieces);
  if (contentType.includes('cbor')) throw unsupportedMediaType();
  if (!contentType.includes('protobuf') || size === 0) return body.toString();
  return JSON.stringify(fromProtobuf(body));
}

function fromProtobuf(body: Buffer): unknown {
  try {
    return decodeProtobuf(body);
  } catch (error) {
    if (error instanceof UnknownKindError) throw unreadable(error.kind);
    throw badRequest(
      `the object provided is unrecognized: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

/** A real server decodes every kind; the error says how to avoid protobuf for this one. */
function unreadable(kind: string): StatusError {
  return new StatusError(415, {
    message: `gc-dev-cluster reads a ${kind} as JSON or YAML alone, and this one came as protobuf: add "--dry-run=client -o yaml | kubectl apply -f -" to the command`,
    reason: 'UnsupportedMediaType',
  });
}
