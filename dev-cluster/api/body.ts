import type {IncomingMessage} from 'node:http';
import {StatusError} from './status.ts';

const limit = 3 * 1024 * 1024;

/** The whole body as text; raises 413 above the server's 3 MiB. */
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
  return Buffer.concat(pieces).toString();
}
