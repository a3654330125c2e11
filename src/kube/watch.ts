import {isKubeFailure} from '../errors.ts';
import {anySignal} from '../time/any-signal.ts';
import {backoffMs, sleep} from '../time/sleep.ts';
import type {ApiClient} from './api-client.ts';
import type {KubeObject, WatchEvent} from './cluster.ts';
import {
  connectionFailure,
  isTransient,
  statusFailure,
  type Intent,
  type Status,
} from './failure.ts';

/**
 * A watch that is silent for so long is taken for dead: bookmarks come about once a minute, and a
 * connection can die without an error (kubernetes-client/javascript#596, #2127).
 */
const SILENCE_LIMIT_MS = 90_000;

/** Servers end watches after 30 to 60 minutes; asking for less, at random, spreads the reconnects. */
const WATCH_SECONDS = {least: 240, spread: 240};

type WireEvent<T> = WatchEvent<T> | {readonly type: 'ERROR'; readonly object: Status};

/**
 * Watches until the deadline. After an end, a lost connection or a restart of the server it resumes from
 * the last resourceVersion seen. Raises `gone` (410) when the server no longer has the changes after that
 * one, and any failure that is not transient.
 */
export async function* watchResumed<T extends KubeObject>(
  api: ApiClient,
  intent: Intent,
  resourceVersion: string,
  pathSince: (resourceVersion: string) => string,
): AsyncGenerator<WatchEvent<T>> {
  let since = resourceVersion;
  // An end without an event counts as a failure: a server may end every watch at once.
  for (let failures = 0; ; failures++) {
    let askedMs = 0;
    try {
      for await (const event of watchOnce<T>(api, intent, pathSince(since))) {
        failures = 0;
        since = event.object.metadata.resourceVersion ?? since;
        yield event;
      }
    } catch (error) {
      api.deadline.throwIfOver();
      if (!isTransient(error)) throw error;
      askedMs = (error.retryAfterSeconds ?? 0) * 1000;
    }
    await sleep(Math.max(askedMs, backoffMs(failures)), api.deadline.signal);
  }
}

async function* watchOnce<T extends KubeObject>(
  api: ApiClient,
  intent: Intent,
  path: string,
): AsyncGenerator<WatchEvent<T>> {
  const silence = new AbortController();
  const onSilence = () => silence.abort(new Error(`silent for ${SILENCE_LIMIT_MS / 1000} s`));
  const timer = setTimeout(onSilence, SILENCE_LIMIT_MS);
  const seconds = WATCH_SECONDS.least + Math.floor(Math.random() * WATCH_SECONDS.spread);
  const over = anySignal(api.deadline.signal, silence.signal);
  try {
    const request = {method: 'GET', intent, path: `${path}&timeoutSeconds=${seconds}`} as const;
    const answer = await api.open(request, over.signal);
    for await (const line of lines(answer.body)) {
      timer.refresh();
      const event = JSON.parse(line) as WireEvent<T>;
      if (event.type === 'ERROR')
        throw statusFailure(intent, event.object.code ?? 500, event.object);
      yield event;
    }
  } catch (error) {
    throw isKubeFailure(error) || !(error instanceof Error)
      ? error
      : connectionFailure(intent, api.http.connection, error);
  } finally {
    clearTimeout(timer);
    over.release();
  }
}

/** Whole lines of a stream of pieces; a last one without its newline was cut off and is dropped. */
async function* lines(pieces: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let parts: Buffer[] = [];
  for await (const piece of pieces) {
    let begin = 0;
    for (let end = piece.indexOf(10); end !== -1; end = piece.indexOf(10, begin)) {
      parts.push(piece.subarray(begin, end));
      yield Buffer.concat(parts).toString();
      parts = [];
      begin = end + 1;
    }
    parts.push(piece.subarray(begin));
  }
}
