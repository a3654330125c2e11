import type {ServerResponse} from 'node:http';
import type {RequestFault} from '../faults.ts';
import {numberAt} from '../json.ts';
import type {Reply} from './operations.ts';
import {tokenOffered} from './reads.ts';
import {StatusError} from './status.ts';

/** The error of a `status` fault; a 410 to a later page offers a token for the rest, as a real server does. */
export function faultError(
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

/** The response to a failed request; a bug here becomes a 500 with its stack. */
export function errorReply(error: unknown): Reply {
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
