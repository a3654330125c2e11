import {isKubeFailure} from '../../errors.ts';
import {isTransient} from '../../kube/failure.ts';
import type {Api} from '../../kube/open-api.ts';
import {podLog, type LogLine, type PodLogQuery} from '../../kube/pod-log.ts';
import {backoffMs, sleep} from '../../time/sleep.ts';

/**
 * The lines of a log, each once, across lost connections and the kubelet's log rotation. Returns when the
 * stream has ended and `isOver` resolves to true.
 */
export async function* followLog(
  api: Api,
  query: PodLogQuery,
  isOver: () => Promise<boolean>,
): AsyncGenerator<LogLine> {
  let [last, rest] = ['', query];
  for (let failures = 0; ; failures++) {
    try {
      for await (const line of podLog(api, rest)) {
        // The server resumes at a whole second: skip the lines already seen.
        if (last !== '' && !isLater(line.time, last)) continue;
        failures = 0;
        if (line.time !== '') last = line.time;
        yield line;
      }
      if (await isOver()) return;
    } catch (error) {
      api.client.deadline.throwIfOver();
      if (isKubeFailure(error, 'notFound') && last !== '') return;
      if (!isTransient(error)) throw error;
    }
    if (last !== '') rest = resumed(query, last);
    await sleep(backoffMs(failures), api.client.deadline.signal);
  }
}

/** True when the first instant is later; fractions of a second may differ in length. */
function isLater(one: string, other: string): boolean {
  const [a, b] = [parts(one), parts(other)];
  return a.second === b.second ? a.fraction > b.fraction : a.second > b.second;
}

function parts(instant: string): {second: string; fraction: string} {
  const [second = '', fraction = ''] = instant.replace(/Z$/, '').split('.');
  return {second, fraction: fraction.padEnd(9, '0')};
}

/** The query for the rest of a log that was read up to this instant. */
function resumed({pod, container}: PodLogQuery, last: string): PodLogQuery {
  return {pod, container, follow: true, sinceTime: last};
}
