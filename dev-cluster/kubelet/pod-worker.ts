import {finishDeletion} from '../api/deletion.ts';
import type {JsonObject} from '../json.ts';
import {numberAt, objectsAt, stringAt} from '../json.ts';
import type {Inside} from '../sandbox/enter.ts';
import {removeTree} from '../sandbox/state-directory.ts';
import type {ApiObject} from '../store/object.ts';
import {addressOf} from './address.ts';
import type {ContainerLog} from './container-log.ts';
import {ContainerState} from './container-state.ts';
import {ContainerWorker} from './container-worker.ts';
import {liveStatus} from './live-status.ts';
import {pause} from './pause.ts';
import type {PodContext} from './pod-context.ts';
import type {PodControl} from './pod-control.ts';
import {controlPod} from './pod-control.ts';
import {nodeName} from './pod-status.ts';
import type {Node} from './node.ts';
import {retryUntilAvailable} from './retry.ts';
import {whyUnschedulable} from './scheduling.ts';
import type {VolumeSources} from './volumes.ts';
import {makeVolumes} from './volumes.ts';

const retryMilliseconds = 1000;

/** Runs one pod, keeps its status up to date, and ends it. */
export class PodWorker {
  readonly #node: Node;
  readonly #born: ApiObject;
  readonly #context: PodContext;
  readonly #init: readonly ContainerWorker[];
  readonly #main: readonly ContainerWorker[];
  readonly #ended = new AbortController();
  /** Aborted when nothing may be started any more. */
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
    this.#context = {
      node,
      podIP: this.#podIP,
      pod: () => this.#pod ?? pod,
      volumes: () => this.#volumes,
      stopping: this.#unwanted.signal,
      changed: () => this.#report(),
      event: (type, reason, message) => this.#event(type, reason, message),
    };
    const worker = (spec: JsonObject): ContainerWorker =>
      new ContainerWorker(new ContainerState(spec), this.#context);
    this.#init = objectsAt(pod, 'spec', 'initContainers').map(worker);
    this.#main = objectsAt(pod, 'spec', 'containers').map(worker);
  }

  /** True while this worker itself writes the pod. */
  get isWriting(): boolean {
    return this.#isWriting;
  }

  /** Aborted when its containers have ended and will not restart. */
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
    this.#life ??= this.#live().catch((error: unknown) => this.#fail(error));
  }

  /** Ends the pod within its deletion's grace period, and removes it. */
  terminate({metadata}: ApiObject): void {
    clearTimeout(this.#deadline);
    this.#unwanted.abort();
    const grace = metadata.deletionGracePeriodSeconds ?? 0;
    if (this.#isEnding || !this.#all.some(each => each.isAlive)) {
      void this.kill().then(() => this.#takeAway());
      return;
    }
    this.#deadline = setTimeout(() => void this.kill(), grace * 1000);
    for (const each of this.#all.filter(({isAlive}) => isAlive)) {
      this.#event('Normal', 'Killing', `Stopping container ${each.state.name}`);
      each.signal('SIGTERM');
    }
    void this.#life?.then(() => this.kill()).then(() => this.#takeAway());
  }

  /** Kills everything at once; resolves when no process and no file is left. */
  async kill(): Promise<void> {
    this.#killing ??= this.#end();
    await this.#killing;
  }

  /** As when its node is lost: everything ends without a status update. */
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

  /** The current object; undefined when it is deleted. */
  get #pod(): ApiObject | undefined {
    const {namespace, name, uid} = this.#born.metadata;
    const pod = this.#node.store.get('pods', namespace, name);
    return pod?.metadata.uid === uid ? pod : undefined;
  }

  #named(container: string): ContainerWorker | undefined {
    return this.#all.find(({state}) => state.name === container);
  }

  async #live(): Promise<void> {
    await this.#schedule();
    if (this.#unwanted.signal.aborted) return;
    if (this.#init.length > 0) for (const {state} of this.#main) state.wait('PodInitializing');
    this.#report();
    this.#limitTime();
    await retryUntilAvailable(this.#context, () => (this.#volumes = makeVolumes(this.#sources)));
    this.#isUp = true;
    const policy = stringAt(this.#born, 'spec', 'restartPolicy') ?? 'Always';
    for (const each of this.#init) {
      await each.runByPolicy(policy === 'Never' ? 'Never' : 'OnFailure');
      if (each.state.exitCode !== 0) return;
    }
    await Promise.all(this.#main.map(each => each.runByPolicy(policy)));
    this.#ended.abort();
  }

  /** Retries until the pod fits the node. */
  async #schedule(): Promise<void> {
    const {signal} = this.#unwanted;
    let said: string | undefined;
    while (!signal.aborted) {
      const node = this.#node.store.get('nodes', undefined, nodeName);
      const why = whyUnschedulable(this.#born, node);
      if (why === undefined) {
        this.#control.schedule();
        return;
      }
      if (why !== said) this.#control.unschedulable(why);
      said = why;
      await pause(retryMilliseconds, signal);
    }
  }

  /** Enforces activeDeadlineSeconds, from when the kubelet accepted the pod. */
  #limitTime(): void {
    const seconds = numberAt(this.#born, 'spec', 'activeDeadlineSeconds');
    if (seconds === undefined) return;
    const message = 'Pod was active on the node longer than the specified deadline';
    void pause(seconds * 1000, this.#unwanted.signal).then(() => {
      if (this.#unwanted.signal.aborted || this.#ended.signal.aborted) return;
      this.#control.setStatus({reason: 'DeadlineExceeded', message});
      this.#control.end({exitCode: 137, reason: 'Error'});
      this.#event('Normal', 'DeadlineExceeded', message);
    });
  }

  /** An unexpected error, such as a full disk, fails this pod only. */
  #fail(error: unknown): void {
    const message = messageOf(error);
    this.#event('Warning', 'FailedCreatePodContainer', message);
    this.#control.end({exitCode: 128, reason: 'ContainerCannotRun', message});
  }

  async #end(): Promise<void> {
    clearTimeout(this.#deadline);
    this.#unwanted.abort();
    for (const each of this.#all) each.signal('SIGKILL');
    await this.#life;
    this.#ended.abort();
    try {
      removeTree(this.#node.state.directory('pods', this.#born.metadata.uid ?? ''));
    } catch (error) {
      // It is removed with the state directory.
      this.#event('Warning', 'FailedKillPod', messageOf(error));
    }
  }

  #takeAway(): void {
    const pod = this.#pod;
    if (pod !== undefined) finishDeletion(this.#node.store, pod);
  }

  #report(): void {
    const pod = this.#pod;
    // Keep a status that something else, such as a fault, has ended.
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

  get #control(): PodControl {
    const {namespace = '', name} = this.#born.metadata;
    return controlPod(this.#node.store, namespace, name);
  }

  get #sources(): VolumeSources {
    const {store, state} = this.#node;
    return {store, state, pod: this.#pod ?? this.#born, podIP: this.#podIP};
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
