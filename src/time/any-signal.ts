/** A signal that aborts with others. */
export interface JoinedSignal {
  readonly signal: AbortSignal;
  /** Takes it off the others again; to be called once it is no longer needed. */
  readonly release: () => void;
}

/**
 * A signal that aborts with the first of these that does, and its reason. Unlike `AbortSignal.any`, of which
 * some 80 bytes stay in a signal that lives on (Node 20), it leaves nothing once it is released.
 */
export function anySignal(...signals: readonly AbortSignal[]): JoinedSignal {
  const joined = new AbortController();
  const listeners = signals.map(signal => {
    const onAbort = () => joined.abort(signal.reason);
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, {once: true});
    return () => signal.removeEventListener('abort', onAbort);
  });
  return {signal: joined.signal, release: () => listeners.forEach(remove => remove())};
}
