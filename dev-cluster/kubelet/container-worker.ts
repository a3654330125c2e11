import {stringAt, valueAt} from '../json.ts';
import type {Inside} from '../sandbox/enter.ts';
import type {ContainerSpec} from '../sandbox/launch.ts';
import {StartFailure} from '../sandbox/launch.ts';
import {defaultPath} from '../sandbox/tools.ts';
import type {ApiObject} from '../store/object.ts';
import type {ContainerLog} from './container-log.ts';
import {ContainerRun} from './container-run.ts';
import type {ContainerState} from './container-state.ts';
import {environmentOf} from './environment.ts';
import {expanded} from './expansion.ts';
import {identityOf} from './identity.ts';
import type {Node} from './process-kubelet.ts';
import {mountsOf} from './volumes.ts';

/** What a container's worker knows of its pod. */
export interface PodContext {
  readonly node: Node;
  readonly podIP: string;
  /** As it is now, or was last. */
  readonly pod: () => ApiObject;
  readonly volumes: () => ReadonlyMap<string, string>;
  /** The state of a container has changed. */
  readonly changed: () => void;
  readonly event: (type: 'Normal' | 'Warning', reason: string, message: string) => void;
}

/** Runs one container, again and again if it must be. */
export class ContainerWorker {
  readonly state: ContainerState;
  readonly #context: PodContext;
  #run: ContainerRun | undefined;
  #previous: ContainerRun | undefined;
  #isStarting = false;

  constructor(state: ContainerState, context: PodContext) {
    this.state = state;
    this.#context = context;
  }

  /** Undefined unless it runs. */
  get inside(): Inside | undefined {
    return this.state.isRunning ? this.#run?.inside : undefined;
  }

  logOf(previous: boolean): ContainerLog | undefined {
    return (previous ? this.#previous : this.#run)?.log;
  }

  /** It runs or is about to. */
  get isAlive(): boolean {
    return this.#isStarting || this.state.isRunning;
  }

  signal(name: NodeJS.Signals): void {
    if (this.state.isRunning) this.#run?.signal(name);
  }

  /**
   * Runs the container once, to its end; `isWanted` is asked again once it runs. Raises ConfigError
   * and MountError, before anything has started.
   */
  async runOnce(isWanted: () => boolean): Promise<void> {
    const {node, changed, event} = this.#context;
    const wanted = this.#wanted();
    const directory = node.state.directory(
      ...['pods', this.#context.pod().metadata.uid ?? '', 'containers'],
      ...[this.state.name, this.state.restartCount.toString()],
    );
    this.#isStarting = true;
    try {
      const run = await ContainerRun.start(node.runtime, directory, this.state.spec, wanted);
      this.#previous = this.#run;
      this.#run = run;
      this.state.run();
      this.#isStarting = false;
      if (!isWanted()) run.signal('SIGKILL');
      event('Normal', 'Started', `Started container ${this.state.name}`);
      this.state.isStarted = true;
      this.state.isReady = true;
      changed();
      const exitCode = await run.ended;
      const reason = exitCode === 0 ? 'Completed' : 'Error';
      this.state.end({exitCode, reason, message: run.lastWords(exitCode)});
    } catch (error) {
      if (!(error instanceof StartFailure)) throw error;
      this.#isStarting = false;
      const message = startMessage(error);
      event('Warning', 'Failed', `Error: ${message}`);
      this.state.end({exitCode: 128, reason: 'StartError', message});
    }
    changed();
  }

  #wanted(): Omit<ContainerSpec, 'root'> {
    const {node, podIP, pod, volumes} = this.#context;
    const {spec} = this.state;
    const hostname = stringAt(pod(), 'spec', 'hostname') ?? pod().metadata.name;
    const identity = identityOf(pod(), spec);
    const base = {
      PATH: defaultPath,
      HOSTNAME: hostname,
      ...(identity.uid === 0 ? {HOME: '/root'} : {}),
    };
    const environment = environmentOf({store: node.store, pod: pod(), podIP, base}, spec);
    const words = [...strings(valueAt(spec, 'command')), ...strings(valueAt(spec, 'args'))];
    return {
      hostname: hostname.slice(0, 63),
      workingDirectory: stringAt(spec, 'workingDir') ?? '/',
      mounts: mountsOf(spec, volumes(), environment),
      identity,
      environment,
      // An image's own command is not known here: its shell has nothing to read, and ends.
      command: words.length > 0 ? words.map(word => expanded(word, environment)) : ['sh'],
    };
  }
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter(each => typeof each === 'string') : [];
}

function startMessage({message}: StartFailure): string {
  return `failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: ${message}: unknown`;
}
