import {connectionFailure} from './failure.ts';
import type {HttpAnswer} from './http-client.ts';
import type {Api} from './open-api.ts';

export interface PodLogQuery {
  readonly pod: string;
  readonly container: string;
  /** Also what is written later, until the container ends. */
  readonly follow?: boolean;
  /** Only so many of the last lines. */
  readonly tailLines?: number;
  /** Only lines since this instant, RFC 3339; the server looks at whole seconds. */
  readonly sinceTime?: string;
}

/** A line of a container's output. */
export interface LogLine {
  /** When it was written: RFC 3339 with nanoseconds, by the node's clock; empty for a message of the kubelet. */
  readonly time: string;
  readonly text: string;
}

/**
 * The lines of a container's log as they come, until the container ends (with `follow`) or the connection
 * does; it is not resumed. Raises KubeError, `invalid` with the kubelet's words for a container that has
 * not started.
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

/** Splits off the time, which only messages of the kubelet about the log itself lack. */
function logLine(line: string): LogLine {
  const [, time = '', text = line] =
    /^(\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[-+]\d\d:\d\d)) (.*)$/s.exec(line) ?? [];
  return {time, text};
}

/**
 * Lines without their newline; the last one also when it has none. Pauses the socket while the caller
 * works on a line: a log may be larger than memory, and its reader slow.
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
