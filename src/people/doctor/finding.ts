import {messageOf} from '../../errors.ts';
/** What doctor says of one link of the chain from here to an agent's work. */
export interface Finding {
  /** The link, by one or two words. */
  readonly link: string;
  readonly verdict: Verdict;
  /** What was seen, in one line, with the cluster's own words for what is broken. */
  readonly says: string;
  /** What to do about it. */
  readonly todo?: string;
}

/** `skipped`: not looked at, because an earlier link is broken or it was not asked for. */
export type Verdict = 'ok' | 'warning' | 'failed' | 'skipped';

export function ok(link: string, says: string): Finding {
  return {link, verdict: 'ok', says};
}

export function failed(link: string, says: string, todo: string): Finding {
  return {link, verdict: 'failed', says: oneLine(says), todo};
}

export function warning(link: string, says: string, todo: string): Finding {
  return {link, verdict: 'warning', says: oneLine(says), todo};
}

export function skipped(link: string, says: string): Finding {
  return {link, verdict: 'skipped', says};
}

/** A failure's own words. */
export function wordsOf(error: unknown): string {
  return oneLine(messageOf(error));
}

function oneLine(text: string): string {
  return text.trim().replaceAll(/\s*\n\s*/g, ' ');
}
