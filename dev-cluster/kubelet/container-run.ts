import {chmodSync, closeSync, existsSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import type {JsonObject} from '../json.ts';
import {stringAt, valueAt} from '../json.ts';
import type {Inside} from '../sandbox/enter.ts';
import type {FifoPool} from '../sandbox/fifo-pool.ts';
import type {ContainerSpec, Launched} from '../sandbox/launch.ts';
import {launch} from '../sandbox/launch.ts';
import type {MemoryLimits} from '../sandbox/memory-limits.ts';
import type {Sandbox} from '../sandbox/sandbox.ts';
import {ContainerLog} from './container-log.ts';
import {quantity} from './quantity.ts';

/** What all containers of this node share. */
export interface Runtime {
  readonly sandbox: Sandbox;
  readonly fifos: FifoPool;
  readonly memory: MemoryLimits;
  /** Called with the pid of each container's PID 1. */
  readonly note: (pid: number) => void;
}

/** One run of a container: its processes, log and termination message. */
export class ContainerRun {
  readonly log: ContainerLog;
  /** Resolves to the exit code once all output is in the log. */
  readonly ended: Promise<number>;
  readonly #launched: Launched;
  readonly #spec: ContainerSpec;
  readonly #container: JsonObject;
  readonly #messages: string;
  #isOutOfMemory = false;

  private constructor(
    parts: {launched: Launched; spec: ContainerSpec; container: JsonObject; messages: string},
    log: ContainerLog,
    logged: Promise<unknown>,
  ) {
    this.#launched = parts.launched;
    this.#spec = parts.spec;
    this.#container = parts.container;
    this.#messages = parts.messages;
    this.log = log;
    this.ended = parts.launched.ended.then(async code => {
      await logged;
      return code;
    });
  }

  /** `directory` is this run's own. Raises StartFailure. */
  static async start(
    runtime: Runtime,
    directory: string,
    container: JsonObject,
    wanted: Omit<ContainerSpec, 'root'>,
  ): Promise<ContainerRun> {
    const root = join(directory, 'root');
    mkdirSync(root, {recursive: true});
    const messages = join(directory, 'termination-log');
    writeFileSync(messages, '');
    chmodSync(messages, 0o666);
    const target = stringAt(container, 'terminationMessagePath') ?? '/dev/termination-log';
    const mounts = [...wanted.mounts, {source: messages, target, readOnly: false}];
    const spec = {...wanted, root, mounts};
    const log = new ContainerLog(join(directory, 'log'));
    const [stdout, stderr] = await Promise.all([runtime.fifos.output(), runtime.fifos.output()]);
    const logged = Promise.all([
      log.collect(stdout.stream, 'stdout'),
      log.collect(stderr.stream, 'stderr'),
    ]);
    const ends = {stdout: stdout.childEnd, stderr: stderr.childEnd};
    const starting = launch(runtime.sandbox, spec, ends);
    closeSync(ends.stdout);
    closeSync(ends.stderr);
    const launched = await starting;
    runtime.note(launched.pid);
    const run = new ContainerRun({launched, spec, container, messages}, log, logged);
    run.#limitMemory(runtime.memory);
    return run;
  }

  /** True when it was killed for exceeding its memory limit. */
  get isOutOfMemory(): boolean {
    return this.#isOutOfMemory;
  }

  get inside(): Inside {
    const {identity, environment, workingDirectory} = this.#spec;
    return {pid: this.#launched.pid, identity, environment, workingDirectory};
  }

  #limitMemory(memory: MemoryLimits): void {
    const bytes = quantity(valueAt(this.#container, 'resources', 'limits', 'memory'));
    if (bytes === 0) return;
    const unlimited = memory.add(this.#launched.pid, bytes, () => {
      this.#isOutOfMemory = true;
      this.signal('SIGKILL');
    });
    void this.#launched.ended.then(unlimited);
  }

  signal(name: NodeJS.Signals): void {
    this.#launched.signal(name);
  }

  /** By the terminationMessagePolicy: at most 4096 bytes of the message file, or 80 lines (2048 bytes) of the log. */
  terminationMessage(exitCode: number): string | undefined {
    const text = existsSync(this.#messages) ? readFileSync(this.#messages).subarray(0, 4096) : '';
    if (text.length > 0) return text.toString();
    const policy = stringAt(this.#container, 'terminationMessagePolicy');
    if (policy !== 'FallbackToLogsOnError' || exitCode === 0) return undefined;
    const lines = this.log
      .read()
      .slice(-80)
      .map(line => (line.isWhole ? `${line.text}\n` : line.text));
    return Buffer.from(lines.join('')).subarray(-2048).toString() || undefined;
  }
}
