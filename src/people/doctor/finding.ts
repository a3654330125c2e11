import {messageOf} from '../../errors.ts';
/** What doctor reports about one link of the chain from here to an agent; printed as is by `-o json`. */
export interface Finding {
  /** The link's name, in one or two words. */
  readonly link: string;
  readonly verdict: Verdict;
  /** The result in one line, quoting the cluster for what is broken. */
  readonly says: string;
  /** What to do about it. */
  readonly todo?: string;
}

/** `skipped`: not checked, because an earlier link is broken or it was not requested. */
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

/** The error's message in one line. */
export function messageLine(error: unknown): string {
  return oneLine(messageOf(error));
}

function oneLine(text: string): string {
  return text.trim().replaceAll(/\s*\n\s*/g, ' ');
}
