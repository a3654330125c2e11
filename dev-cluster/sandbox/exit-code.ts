import {constants} from 'node:os';

/** The exit code as in a shell: 128 plus the number of a signal. */
export function exitCode(code: unknown, signal: unknown): number {
  if (typeof code === 'number') return code;
  const number = Object.entries(constants.signals).find(([name]) => name === signal)?.[1];
  return 128 + (number ?? 9);
}
