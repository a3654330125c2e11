import type {ServerResponse} from 'node:http';
import {objectAt, objectsAt, stringAt} from '../json.ts';
import type {ApiObject} from '../store/object.ts';
import {badRequest} from './status.ts';

/** One line that a container wrote, without its newline. */
export interface LogLine {
  /** RFC 3339 with nanoseconds. */
  readonly time: string;
  readonly text: string;
  /** False for a part of a line that continues in the next entry, or has not arrived. */
  readonly isWhole: boolean;
}

/** The log of one container. */
export interface LogReader {
  /** True when nothing will be added any more. */
  readonly hasEnded: boolean;
  /** All lines so far. */
  read(): readonly LogLine[];
  /** Calls back for every new line, and at the end; returns a function to unsubscribe. */
  follow(onLine: (line: LogLine) => void, onEnd: () => void): () => void;
}

/** The log of a container, or of the one before it; undefined when there was none. */
export type LogSource = (
  pod: ApiObject,
  container: string,
  previous: boolean,
) => LogReader | undefined;

/** Serves `pods/log`, raising the 400s of a real server; ends with the container or the client. */
export function serveLog(
  pod: ApiObject,
  query: URLSearchParams,
  logs: LogSource,
  response: ServerResponse,
): void {
  const container = containerOf(pod, query);
  const previous = isSet(query, 'previous');
  const options = optionsOf(query);
  if (!previous) requireStarted(pod, container);
  const log = logs(pod, container, previous);
  if (log === undefined && previous) {
    throw badRequest(
      `previous terminated container "${container}" in pod "${pod.metadata.name}" not found`,
    );
  }
  response.writeHead(200, {'content-type': 'text/plain', 'cache-control': 'no-cache, private'});
  response.flushHeaders();
  const writer = new LogWriter(response, options);
  for (const line of tail(log?.read() ?? [], options)) writer.write(line);
  if (log === undefined || log.hasEnded || !isSet(query, 'follow')) {
    response.end();
    return;
  }
  const leave = log.follow(
    line => writer.write(line),
    () => response.end(),
  );
  response.on('close', leave);
}

interface LogOptions {
  readonly timestamps: boolean;
  readonly tailLines: number;
  readonly limitBytes: number;
  /** Milliseconds since 1970. */
  readonly since: number;
}

function optionsOf(query: URLSearchParams): LogOptions {
  const sinceSeconds = numberOf(query, 'sinceSeconds', Number.NaN);
  const sinceTime = Date.parse(query.get('sinceTime') ?? '');
  return {
    timestamps: isSet(query, 'timestamps'),
    tailLines: numberOf(query, 'tailLines', Infinity),
    limitBytes: numberOf(query, 'limitBytes', Infinity),
    since: Number.isNaN(sinceSeconds) ? sinceTime || 0 : Date.now() - sinceSeconds * 1000,
  };
}

function isSet(query: URLSearchParams, name: string): boolean {
  return ['true', '1'].includes(query.get(name) ?? '');
}

function numberOf(query: URLSearchParams, name: string, absent: number): number {
  const text = query.get(name);
  if (text === null) return absent;
  if (/^\d+$/.test(text)) return Number(text);
  throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
}

/** The last `tailLines` lines; the parts of one line count once. */
function tail(lines: readonly LogLine[], {tailLines, since}: LogOptions): readonly LogLine[] {
  const recent = since === 0 ? lines : lines.filter(({time}) => Date.parse(time) >= since);
  if (tailLines === Infinity) return recent;
  let left = tailLines;
  let start = recent.length;
  while (start > 0) {
    const begins = recent[start - 1]?.isWhole === true || start === recent.length;
    if (begins && left === 0) break;
    if (begins) left -= 1;
    start -= 1;
  }
  return recent.slice(start);
}

class LogWriter {
  readonly #response: ServerResponse;
  readonly #options: LogOptions;
  #left: number;
  #isLineStart = true;

  constructor(response: ServerResponse, options: LogOptions) {
    this.#response = response;
    this.#options = options;
    this.#left = options.limitBytes;
  }

  write({time, text, isWhole}: LogLine): void {
    const stamp = this.#options.timestamps && this.#isLineStart ? `${time} ` : '';
    this.#isLineStart = isWhole;
    const bytes = Buffer.from(`${stamp}${text}${isWhole ? '\n' : ''}`);
    const allowed = bytes.subarray(0, Math.min(bytes.length, this.#left));
    this.#left -= allowed.length;
    if (allowed.length > 0) this.#response.write(allowed);
    if (this.#left === 0) this.#response.end();
  }
}

/** Raises 400 for an unknown container, and when the choice is ambiguous. */
function containerOf(pod: ApiObject, query: URLSearchParams): string {
  const named = (list: string): string[] =>
    objectsAt(pod, 'spec', list).map(each => stringAt(each, 'name') ?? '');
  const own = named('containers');
  const initial = named('initContainers');
  const {name} = pod.metadata;
  const wanted = query.get('container') ?? '';
  if (wanted === '' && own.length > 1) {
    const others =
      initial.length > 0 ? ` or one of the init containers: [${initial.join(' ')}]` : '';
    throw badRequest(
      `a container name must be specified for pod ${name}, choose one of: [${own.join(' ')}]${others}`,
    );
  }
  const container = wanted === '' ? (own[0] ?? '') : wanted;
  if (![...own, ...initial].includes(container))
    throw badRequest(`container ${container} is not valid for pod ${name}`);
  return container;
}

function requireStarted(pod: ApiObject, container: string): void {
  const {name} = pod.metadata;
  if (stringAt(pod, 'spec', 'nodeName') === undefined)
    throw badRequest(`pod ${name} does not have a host assigned`);
  const status = ['containerStatuses', 'initContainerStatuses']
    .flatMap(list => objectsAt(pod, 'status', list))
    .find(each => each.name === container);
  const reason = stringAt(objectAt(status, 'state'), 'waiting', 'reason');
  if (reason !== undefined)
    throw badRequest(`container "${container}" in pod "${name}" is waiting to start: ${reason}`);
}
