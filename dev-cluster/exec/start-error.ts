import {randomBytes} from 'node:crypto';
import type {ExecResult} from './call.ts';

/** The error Status, in containerd's words, for a command that could not be started. */
export function startError(why: string): ExecResult {
  const id = randomBytes(32).toString('hex');
  const inner = `Internal error occurred: error executing command in container: failed to exec in container: failed to start exec "${id}": OCI runtime exec failed: ${why}: unknown`;
  return {
    status: {
      metadata: {},
      status: 'Failure',
      message: `Internal error occurred: ${inner}`,
      reason: 'InternalError',
      details: {causes: [{message: inner}]},
      code: 500,
    },
  };
}
