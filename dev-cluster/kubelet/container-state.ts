import {randomBytes} from 'node:crypto';
import type {JsonObject} from '../json.ts';
import {compact, stringAt} from '../json.ts';
import {timestamp} from '../store/object.ts';

/** How a container that ran has ended. */
export interface Termination {
  readonly exitCode: number;
  readonly reason: string;
  readonly message?: string | undefined;
}

/** The status of one container of a pod, across all its runs. */
export class ContainerState {
  readonly name: string;
  readonly spec: JsonObject;
  restartCount = 0;
  isReady = false;
  /** True when the startup probe has succeeded, or there is none. */
  isStarted = false;
  #state: JsonObject = {waiting: {reason: 'ContainerCreating'}};
  #lastState: JsonObject = {};
  #id: string | undefined;

  constructor(spec: JsonObject) {
    this.spec = spec;
    this.name = stringAt(spec, 'name') ?? '';
  }

  get isRunning(): boolean {
    return this.#state.running !== undefined;
  }

  get isWaiting(): boolean {
    return this.#state.waiting !== undefined;
  }

  /** The exit code of the last run; undefined while it runs. */
  get exitCode(): number | undefined {
    const {terminated} = this.#state as {terminated?: {exitCode: number}};
    return terminated?.exitCode;
  }

  get hasRun(): boolean {
    return this.#lastState.terminated !== undefined;
  }

  wait(reason: string, message?: string): void {
    if (this.#state.terminated !== undefined) this.#lastState = this.#state;
    this.#state = {waiting: compact({reason, message})};
    this.isReady = false;
    this.isStarted = false;
  }

  run(): void {
    if (this.#state.terminated !== undefined) this.#lastState = this.#state;
    this.#id = newId();
    this.#state = {running: {startedAt: timestamp()}};
  }

  /** Also for a run that never started: its times are then in 1970, as with containerd. */
  end({exitCode, reason, message}: Termination): void {
    const epoch = timestamp(0);
    this.#id ??= newId();
    this.#state = {
      terminated: compact({
        exitCode,
        reason,
        message,
        startedAt: stringAt(this.#state, 'running', 'startedAt') ?? epoch,
        finishedAt: timestamp(),
        containerID: this.#id,
      }),
    };
    this.isReady = false;
    this.isStarted = false;
  }

  status(): JsonObject {
    const image = stringAt(this.spec, 'image') ?? '';
    return compact({
      name: this.name,
      state: this.#state,
      lastState: this.#lastState,
      ready: this.isReady,
      restartCount: this.restartCount,
      image,
      imageID: this.#id === undefined ? '' : imageId,
      containerID: this.#id,
      started: this.isStarted,
    });
  }
}

export const imageId = `sha256:${'0123456789abcdef'.repeat(4)}`;

function newId(): string {
  return `containerd://${randomBytes(32).toString('hex')}`;
}
