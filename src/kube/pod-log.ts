import {connectionFailure} from './failure.ts';
import type {HttpAnswer} from './http-client.ts';
import type {Api} from './open-api.ts';

export interface PodLogQuery {
  readonly pod: string;
  readonly container: string;
  /** Stay for what is written later, until the container ends. */
  readonly follow?: boolean;
  /** Only so many of the last lines. */
  readonly tailLines?: number;
  /** Only lines since this instant, RFC 3339; the server looks at whole seconds. */
  readonly sinceTime?: string;
}

/** A line of a container's output. */
export interface LogLine {
  /** When it was written: RFC 3339 with nanoseconds, by the node's clock; empty for the kubelet's own words. */
  readonly time: string;
  readonly text: string;
}

/**
 * The lines of one log request, as they come; ends with the container or with the connection. Raises
 * KubeError: `invalid` with the kubelet's words for a container that has not begun.
 */
export async function* podLog(
  {client, namespace}: Api,
  query: PodLogQuery,
): AsyncGenerator<LogLine> {
  const {pod, container, follow = false, tailLines, sinceTime} = query;
  const parameters = new URLSearchParams({container, timestamps: 'true'});
  if (follow) parameters.set('follow', 'true');
  if (tailLines !== undefined) parameters.set('tailLines', String(tailLines));
  if (sinceTime !== undefined) parameters.set('sinceTime', sinceTime);
  const intent = {verb: 'get', resource: 'pods/log', name: pod, namespace};
  const answer = await client.open({
    method: 'GET',
    intent,
    path: `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod)}/log?${parameters.toString()}`,
  });
  try {
    for await (const line of linesOf(answer)) yield logLine(line);
  } catch (error) {
    client.deadline.throwIfOver();
    throw connectionFailure(intent, client.http.connection, error);
  }
}

/** Words of the kubelet about the log itself come without a time. */
function logLine(line: string): LogLine {
  const [, time = '', text = line] =
    /^(\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[-+]\d\d:\d\d)) (.*)$/s.exec(line) ?? [];
  return {time, text};
}

/**
 * Lines without their newline; the last one also when it has none. Nothing more is read while the
 * caller is at them: a log may be larger than memory, and its reader slow.
 */
async function* linesOf({body, connection: {socket}}: HttpAnswer): AsyncGenerator<string> {
  let parts: Buffer[] = [];
  for await (const piece of body) {
    socket.pause();
    let begin = 0;
    for (let end = piece.indexOf(10); end !== -1; end = piece.indexOf(10, begin)) {
      yield Buffer.concat([...parts, piece.subarray(begin, end)]).toString();
      parts = [];
      begin = end + 1;
    }
    if (begin < piece.length) parts.push(piece.subarray(begin));
    socket.resume();
  }
  if (parts.length > 0) yield Buffer.concat(parts).toString();
}
