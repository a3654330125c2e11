import type {ServerResponse} from 'node:http';
import type {RequestFault} from '../faults.ts';
import {numberAt} from '../json.ts';
import type {Reply} from './operations.ts';
import {tokenOffered} from './reads.ts';
import {StatusError} from './status.ts';

/**
 * The refusal that a test, or somebody who tries, has ordered; a 410 to a later page of a list offers
 * the rest of it, as the real one does.
 */
export function ordered(
  fault: RequestFault & {type: 'status'},
  query: URLSearchParams,
): StatusError {
  const {code, reason, message = `a fault ordered by a test (${code})`, retryAfterSeconds} = fault;
  const token = query.get('continue');
  return new StatusError(code, {
    message,
    ...(code === 410 && token ? {metadata: {continue: tokenOffered(token)}} : {}),
    ...(reason === undefined ? {} : {reason}),
    ...(retryAfterSeconds === undefined ? {} : {details: {retryAfterSeconds}}),
  });
}

/** What a failed request is answered with; a mistake of ours is a 500 with its stack. */
export function refused(error: unknown): Reply {
  if (error instanceof StatusError) {
    return {code: error.code, body: error.message === '' ? '' : {...error.body}};
  }
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return {
    code: 500,
    body: {kind: 'Status', apiVersion: 'v1', status: 'Failure', message, code: 500},
  };
}

export function send(response: ServerResponse, {code, body}: Reply): void {
  if (response.headersSent || response.destroyed) return;
  const isText = typeof body === 'string';
  const text = isText ? body : `${JSON.stringify(body)}\n`;
  const retryAfter = numberAt(body, 'details', 'retryAfterSeconds');
  response.writeHead(code, {
    'content-type': isText ? 'text/plain; charset=utf-8' : 'application/json',
    'content-length': Buffer.byteLength(text),
    ...(retryAfter === undefined ? {} : {'retry-after': retryAfter.toString()}),
  });
  response.end(text);
}
