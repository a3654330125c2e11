import {createColors} from 'picocolors';
import type {PeopleCall} from './command.ts';

export type Paint = ReturnType<typeof createColors>;

/**
 * Colours on a terminal, none elsewhere or on a "dumb" terminal. NO_COLOR (https://no-color.org) and
 * FORCE_COLOR override that.
 */
export function paintOf({env, streams}: Pick<PeopleCall, 'env' | 'streams'>): Paint {
  const {NO_COLOR: none = '', FORCE_COLOR: forced = '', TERM} = env;
  if (none !== '') return createColors(false);
  if (forced !== '') return createColors(forced !== '0' && forced !== 'false');
  // In a pipe `isTTY` is undefined, which picocolors would treat as "detect", with colours on CI.
  if (!streams.output.isTTY || TERM === 'dumb') return createColors(false);
  return createColors(true);
}
