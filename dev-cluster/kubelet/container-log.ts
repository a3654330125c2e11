import {EventEmitter} from 'node:events';
import {appendFileSync, existsSync, readFileSync} from 'node:fs';
import type {Readable} from 'node:stream';
import {StringDecoder} from 'node:string_decoder';

/** One line that a container wrote, without its newline. */
export interface LogLine {
  /** RFC 3339 with nanoseconds. */
  readonly time: string;
  readonly stream: 'stdout' | 'stderr';
  readonly text: string;
  /** False for a partial line (`P` in the CRI's format). */
  readonly isWhole: boolean;
}

/** A container's log on disk, in the format of the CRI: `time stream F|P text`. */
export class ContainerLog {
  readonly #path: string;
  readonly #events = new EventEmitter();
  #open = 0;

  constructor(path: string) {
    this.#path = path;
    this.#events.setMaxListeners(0);
  }

  /** Appends the lines of this stream until it ends. */
  async collect(stream: Readable, name: LogLine['stream']): Promise<void> {
    this.#open += 1;
    const decoder = new StringDecoder('utf8');
    let rest = '';
    for await (const piece of stream) {
      if (!Buffer.isBuffer(piece)) continue;
      const lines = (rest + decoder.write(piece)).split('\n');
      rest = lines.pop() ?? '';
      this.#add(lines.map(text => lineOf(name, text, true)));
      if (rest.length >= longestPart) {
        this.#add([lineOf(name, rest, false)]);
        rest = '';
      }
    }
    rest += decoder.end();
    if (rest !== '') this.#add([lineOf(name, rest, false)]);
    this.#open -= 1;
    if (this.#open === 0) this.#events.emit('end');
  }

  /** True when nothing will be added any more. */
  get hasEnded(): boolean {
    return this.#open === 0;
  }

  /** All lines so far. */
  read(): LogLine[] {
    if (!existsSync(this.#path)) return [];
    return readFileSync(this.#path, 'utf8')
      .split('\n')
      .filter(line => line !== '')
      .map(parse);
  }

  /** Calls back for every new line, and at the end; returns a function to unsubscribe. */
  follow(onLine: (line: LogLine) => void, onEnd: () => void): () => void {
    this.#events.on('line', onLine).on('end', onEnd);
    return () => this.#events.off('line', onLine).off('end', onEnd);
  }

  #add(lines: readonly LogLine[]): void {
    if (lines.length === 0) return;
    const text = lines.map(
      ({time, stream, text: said, isWhole}) => `${time} ${stream} ${isWhole ? 'F' : 'P'} ${said}\n`,
    );
    appendFileSync(this.#path, text.join(''));
    for (const line of lines) this.#events.emit('line', line);
  }
}

/** containerd's max_container_log_line_size. */
const longestPart = 16 * 1024;

function lineOf(stream: LogLine['stream'], text: string, isWhole: boolean): LogLine {
  return {time: nanosecondTime(), stream, text, isWhole};
}

/** The current time, in the best resolution of this process. */
function nanosecondTime(): string {
  const microseconds = Math.floor((performance.timeOrigin + performance.now()) * 1000);
  const seconds = new Date(microseconds / 1000).toISOString().replace(/\.\d+Z$/, '');
  return `${seconds}.${(microseconds % 1_000_000).toString().padStart(6, '0')}000Z`;
}

function parse(line: string): LogLine {
  const [time = '', stream, mark] = line.split(' ', 3);
  const text = line.slice(time.length + 10);
  return {time, stream: stream === 'stderr' ? 'stderr' : 'stdout', text, isWhole: mark === 'F'};
}
