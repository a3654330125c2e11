import {quantity} from '../../config/quantity.ts';
import {isKubeFailure, type KubeError} from '../../errors.ts';

/** The pause between two tries when a quota has no room, in milliseconds. */
export const QUOTA_RETRY_MS = 1000;

/**
 * True when a pod was refused by a quota in which there may be room later: a session that was just stopped
 * counts until its pod is gone. A pod that requests more than the whole quota never fits. The API server's
 * message (admission plugin ResourceQuota) is
 * `exceeded quota: NAME, requested: A=1,B=2Gi, used: …, limited: A=4,B=8Gi`.
 */
export function mayFitLater(error: unknown): error is KubeError {
  if (!isKubeFailure(error, 'forbidden')) return false;
  const words = /exceeded quota: .*, requested: (\S+), used: \S+, limited: (\S+)/.exec(
    error.detail,
  );
  if (!words) return false;
  const [, requested = '', limited = ''] = words;
  const limits = amounts(limited);
  return [...amounts(requested)].every(([name, value]) => value <= (limits.get(name) ?? Infinity));
}

function amounts(text: string): Map<string, number> {
  const pairs = text.split(',').map(pair => pair.split('='));
  return new Map(pairs.map(([name = '', value = '']) => [name, quantity(value, name).value]));
}
