import {numberAt, stringAt, valueAt} from '../json.ts';
import type {Inside} from '../sandbox/enter.ts';
import {output} from '../sandbox/output.ts';
import type {ContainerSpec} from '../sandbox/launch.ts';
import {StartFailure} from '../sandbox/launch.ts';
import {defaultPath} from '../sandbox/tools.ts';
import type {ContainerLog} from './container-log.ts';
import {ContainerRun} from './container-run.ts';
import type {ContainerState} from './container-state.ts';
import {environmentOf} from './environment.ts';
import {expanded} from './expansion.ts';
import {identityOf} from './identity.ts';
import {requireImage} from './images.ts';
import {pause} from './pause.ts';
import type {PodContext} from './pod-context.ts';
import {containerTitle} from './pod-context.ts';
import type {Kind} from './probes.ts';
import {runProbes} from './probes.ts';
import {retryUntilAvailable} from './retry.ts';
import {mountsOf} from './volumes.ts';

/** Runs one container, and restarts it by its policy. */
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

  /** Undefined unless the container runs. */
  get inside(): Inside | undefined {
    return this.state.isRunning ? this.#run?.inside : undefined;
  }

  /** True when it runs or is starting. */
  get isAlive(): boolean {
    return this.#isStarting || this.state.isRunning;
  }

  logOf(previous: boolean): ContainerLog | undefined {
    return (previous ? this.#previous : this.#run)?.log;
  }

  signal(name: NodeJS.Signals): void {
    if (this.state.isRunning) this.#run?.signal(name);
  }

  /** Resolves when the restart policy does not start it again. */
  async runByPolicy(policy: string): Promise<void> {
    const {stopping, event, changed, pod} = this.#context;
    const isOver = (): boolean => stopping.aborted;
    for (let seconds = 10; !isOver(); seconds = Math.min(seconds * 2, 300)) {
      await retryUntilAvailable(this.#context, () => this.#runOnce(), this.state);
      const isDone = policy === 'Never' || (policy === 'OnFailure' && this.state.exitCode === 0);
      if (isDone || isOver()) return;
      // The first restart has no backoff.
      if (this.state.restartCount > 0) {
        const title = containerTitle(pod(), this.state.name);
        const message = `back-off ${seconds}s restarting failed container=${title}`;
        this.state.wait('CrashLoopBackOff', message);
        event('Warning', 'BackOff', `Back-off restarting failed container ${title}`);
        changed();
        await pause(seconds * 1000, stopping);
      }
      if (!isOver()) this.state.restartCount += 1;
    }
  }

  /** Runs it to its end. Raises while something it needs to start is missing. */
  async #runOnce(): Promise<void> {
    const {node, changed, event, stopping} = this.#context;
    requireImage(this.state.spec, node.missingImages);
    const wanted = this.#wanted();
    this.#isStarting = true;
    try {
      const {spec} = this.state;
      const run = await ContainerRun.start(node.runtime, this.#directory(), spec, wanted);
      this.#previous = this.#run;
      this.#run = run;
      this.state.run();
      this.#isStarting = false;
      // It could not be stopped while it was being started.
      if (stopping.aborted) run.signal('SIGKILL');
      event('Normal', 'Started', `Started container ${this.state.name}`);
      await this.#watch(run);
      const exitCode = await run.ended;
      const reason = run.isOutOfMemory ? 'OOMKilled' : exitCode === 0 ? 'Completed' : 'Error';
      this.state.end({exitCode, reason, message: run.terminationMessage(exitCode)});
    } catch (error) {
      if (!(error instanceof StartFailure)) throw error;
      const message = startMessage(error);
      event('Warning', 'Failed', `Error: ${message}`);
      this.state.end({exitCode: 128, reason: 'StartError', message});
    } finally {
      this.#isStarting = false;
    }
    changed();
  }

  /** Runs the probes, and updates the readiness, as long as the container runs. */
  async #watch(run: ContainerRun): Promise<void> {
    const {changed, event, podIP} = this.#context;
    const over = new AbortController();
    const ended = run.ended.then(() => over.abort());
    const {sandbox, fifos} = this.#context.node.runtime;
    const target = {
      container: this.state.spec,
      podIP,
      exec: (command: readonly string[], signal: AbortSignal) =>
        output(sandbox, {fifos, inside: run.inside}, command, signal),
    };
    const listener = {
      started: () => {
        this.state.isStarted = true;
      },
      ready: (isReady: boolean) => {
        this.state.isReady = isReady;
        changed();
      },
      failed: (kind: Kind) => void this.#kill(run, kind, over.signal),
      unhealthy: (kind: Kind, why: string) =>
        event('Warning', 'Unhealthy', `${kind} probe failed: ${why}`),
    };
    changed();
    await Promise.all([ended, runProbes(target, listener, over.signal)]);
  }

  async #kill(run: ContainerRun, kind: Kind, over: AbortSignal): Promise<void> {
    const {event, pod} = this.#context;
    const why = `Container ${this.state.name} failed ${kind.toLowerCase()} probe`;
    event('Normal', 'Killing', `${why}, will be restarted`);
    run.signal('SIGTERM');
    const grace = numberAt(pod(), 'spec', 'terminationGracePeriodSeconds') ?? 30;
    await pause(grace * 1000, over);
    if (!over.aborted) run.signal('SIGKILL');
  }

  #directory(): string {
    const {node, pod} = this.#context;
    const {name, restartCount} = this.state;
    const run = restartCount.toString();
    return node.state.directory('pods', pod().metadata.uid ?? '', 'containers', name, run);
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
      // The image's own command is unknown; a shell without input ends at once.
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
