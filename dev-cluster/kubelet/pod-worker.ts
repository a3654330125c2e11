import {finishDeletion} from '../api/deletion.ts';
import type {JsonObject} from '../json.ts';
import {objectsAt, stringAt} from '../json.ts';
import type {Inside} from '../sandbox/enter.ts';
import {removeTree} from '../sandbox/state-directory.ts';
import type {ApiObject} from '../store/object.ts';
import type {ContainerLog} from './container-log.ts';
import {ContainerState} from './container-state.ts';
import type {PodContext} from './container-worker.ts';
import {ContainerWorker} from './container-worker.ts';
import {ConfigError} from './environment.ts';
import {liveStatus} from './live-status.ts';
import type {PodControl} from './pod-control.ts';
import {controlPod} from './pod-control.ts';
import type {Node} from './process-kubelet.ts';
import type {VolumeSources} from './volumes.ts';
import {MountError, makeVolumes} from './volumes.ts';

const retryMilliseconds = 1000;

/** Brings one pod to run, keeps its status true, and ends it. */
export class PodWorker {
  readonly #node: Node;
  readonly #born: ApiObject;
  readonly #init: readonly ContainerWorker[];
  readonly #main: readonly ContainerWorker[];
  readonly #ended = new AbortController();
  /** Aborted once nothing is to be started any more. */
  readonly #unwanted = new AbortController();
  readonly #podIP: string;
  #volumes: ReadonlyMap<string, string> = new Map();
  #isUp = false;
  #life: Promise<void> | undefined;
  #killing: Promise<void> | undefined;
  #deadline: NodeJS.Timeout | undefined;
  #isWriting = false;
  #isLost = false;

  constructor(node: Node, pod: ApiObject) {
    this.#node = node;
    this.#born = pod;
    this.#podIP = addressOf(pod);
    const context: PodContext = {
      node,
      podIP: this.#podIP,
      pod: () => this.#pod ?? pod,
      volumes: () => this.#volumes,
      changed: () => this.#report(),
      event: (type, reason, message) => this.#event(type, reason, message),
    };
    const worker = (spec: JsonObject): ContainerWorker =>
      new ContainerWorker(new ContainerState(spec), context);
    this.#init = objectsAt(pod, 'spec', 'initContainers').map(worker);
    this.#main = objectsAt(pod, 'spec', 'containers').map(worker);
  }

  /** This worker itself writes the pod just now. */
  get isWriting(): boolean {
    return this.#isWriting;
  }

  /** Aborted when its containers have ended for good. */
  get ended(): AbortSignal {
    return this.#ended.signal;
  }

  inside(container: string): Inside | undefined {
    return this.#named(container)?.inside;
  }

  logOf(container: string, previous: boolean): ContainerLog | undefined {
    return this.#named(container)?.logOf(previous);
  }

  start(): void {
    this.#life ??= this.#live();
  }

  /** Ends the pod within the grace that its deletion gives it, and takes it away. */
  terminate({metadata}: ApiObject): void {
    clearTimeout(this.#deadline);
    this.#unwanted.abort();
    const grace = metadata.deletionGracePeriodSeconds ?? 0;
    if (this.#isEnding || !this.#all.some(each => each.isAlive)) {
      void this.kill().then(() => this.#takeAway());
      return;
    }
    this.#deadline = setTimeout(() => void this.kill(), grace * 1000);
    for (const each of this.#all) each.signal('SIGTERM');
    void this.#life?.then(() => this.kill()).then(() => this.#takeAway());
  }

  /** Ends everything at once; resolves when no process and no file is left. */
  async kill(): Promise<void> {
    this.#killing ??= this.#end();
    await this.#killing;
  }

  /** As when its node is lost: everything ends, and nobody is told. */
  async lose(): Promise<void> {
    this.#isLost = true;
    await this.kill();
  }

  get #all(): readonly ContainerWorker[] {
    return [...this.#init, ...this.#main];
  }

  get #isEnding(): boolean {
    return this.#killing !== undefined;
  }

  #isWanted(): boolean {
    return !this.#isEnding && this.#pod?.metadata.deletionTimestamp === undefined;
  }

  /** As it is now; undefined once it is gone. */
  get #pod(): ApiObject | undefined {
    const {namespace, name, uid} = this.#born.metadata;
    const pod = this.#node.store.get('pods', namespace, name);
    return pod?.metadata.uid === uid ? pod : undefined;
  }

  #named(container: string): ContainerWorker | undefined {
    return this.#all.find(({state}) => state.name === container);
  }

  async #live(): Promise<void> {
    this.#control.schedule();
    if (this.#init.length > 0) for (const {state} of this.#main) state.wait('PodInitializing');
    this.#report();
    await this.#retried(() => (this.#volumes = makeVolumes(this.#sources)));
    this.#isUp = true;
    for (const each of this.#init) if (!(await this.#runToSuccess(each))) return;
    await Promise.all(this.#main.map(each => this.#runByPolicy(each)));
    this.#ended.abort();
  }

  async #runToSuccess(worker: ContainerWorker): Promise<boolean> {
    await this.#runByPolicy(worker, this.#restartPolicy === 'Never' ? 'Never' : 'OnFailure');
    return worker.state.exitCode === 0 && this.#isWanted();
  }

  async #runByPolicy(worker: ContainerWorker, policy = this.#restartPolicy): Promise<void> {
    for (let seconds = 10; this.#isWanted(); seconds = Math.min(seconds * 2, 300)) {
      await this.#retried(() => worker.runOnce(() => this.#isWanted()), worker);
      const isDone = policy === 'Never' || (policy === 'OnFailure' && worker.state.exitCode === 0);
      if (isDone || !this.#isWanted()) return;
      const {name, namespace = '', uid = ''} = this.#born.metadata;
      const which = `${worker.state.name} pod=${name}_${namespace}(${uid})`;
      const message = `back-off ${seconds}s restarting failed container=${which}`;
      worker.state.wait('CrashLoopBackOff', message);
      this.#event('Warning', 'BackOff', `Back-off restarting failed container ${which}`);
      this.#report();
      await pause(seconds * 1000, this.#unwanted.signal);
      if (this.#isWanted()) worker.state.restartCount += 1;
    }
  }

  /** Until what the pod refers to is there. */
  async #retried(act: () => unknown, worker?: ContainerWorker): Promise<void> {
    while (this.#isWanted()) {
      try {
        await act();
        return;
      } catch (error) {
        if (error instanceof ConfigError) {
          worker?.state.wait('CreateContainerConfigError', error.message);
          this.#event('Warning', 'Failed', `Error: ${error.message}`);
        } else if (error instanceof MountError) {
          const what = `MountVolume.SetUp failed for volume ${JSON.stringify(error.volume)}`;
          this.#event('Warning', 'FailedMount', `${what} : ${error.message}`);
        } else throw error;
        this.#report();
        await pause(retryMilliseconds, this.#unwanted.signal);
      }
    }
  }

  async #end(): Promise<void> {
    clearTimeout(this.#deadline);
    this.#unwanted.abort();
    for (const each of this.#all) each.signal('SIGKILL');
    await this.#life;
    this.#ended.abort();
    removeTree(this.#node.state.directory('pods', this.#born.metadata.uid ?? ''));
  }

  #takeAway(): void {
    const pod = this.#pod;
    if (pod !== undefined) finishDeletion(this.#node.store, pod);
  }

  #report(): void {
    const pod = this.#pod;
    // What somebody else has ended, as a fault does, stays as it was left.
    if (
      pod === undefined ||
      ['Failed', 'Succeeded'].includes(stringAt(pod, 'status', 'phase') ?? '')
    )
      return;
    const containers = {
      init: this.#init.map(({state}) => state),
      main: this.#main.map(({state}) => state),
    };
    const address = {podIP: this.#podIP, isUp: this.#isUp};
    this.#isWriting = true;
    this.#node.store.put('pods', {...pod, status: liveStatus(pod, containers, address)});
    this.#isWriting = false;
  }

  #event(type: 'Normal' | 'Warning', reason: string, message: string): void {
    this.#control.event({type, reason, message});
  }

  get #restartPolicy(): string {
    return stringAt(this.#born, 'spec', 'restartPolicy') ?? 'Always';
  }

  get #control(): PodControl {
    const {namespace = '', name} = this.#born.metadata;
    return controlPod(this.#node.store, namespace, name);
  }

  get #sources(): VolumeSources {
    const {store, state} = this.#node;
    return {store, state, pod: this.#pod ?? this.#born, podIP: this.#podIP};
  }
}

/** An address of loopback for each pod: whoever listens on all addresses is reached by it too. */
function addressOf({metadata}: ApiObject): string {
  const part = (from: number): number =>
    (Number.parseInt((metadata.uid ?? '').slice(from, from + 2), 16) || 1) % 254;
  return `127.${part(0) + 1}.${part(2)}.${part(4) + 1}`;
}

/** Shorter when the signal comes. */
async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await new Promise<void>(resolve => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener('abort', done);
    if (signal.aborted) done();
  });
}
