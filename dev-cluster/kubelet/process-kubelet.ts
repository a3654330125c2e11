import {refusal} from '../exec/call.ts';
import type {ExecHandler} from '../exec/call.ts';
import {stringAt} from '../json.ts';
import {enterWithPipes} from '../sandbox/enter.ts';
import {FifoPool} from '../sandbox/fifo-pool.ts';
import {MemoryLimits} from '../sandbox/memory-limits.ts';
import {openSandbox} from '../sandbox/open-sandbox.ts';
import {StateDirectory} from '../sandbox/state-directory.ts';
import {enterWithTerminal} from '../sandbox/terminal.ts';
import type {ApiObject} from '../store/object.ts';
import type {Change, Store} from '../store/store.ts';
import type {ContainerLog} from './container-log.ts';
import {missingByName} from './images.ts';
import type {Kubelet} from './kubelet.ts';
import type {Node} from './node.ts';
import {isLost} from './pod-status.ts';
import {PodWorker} from './pod-worker.ts';
import type {KubeletOptions} from './scripted-kubelet.ts';
import {controlPod} from './pod-control.ts';

export interface ProcessKubeletOptions extends KubeletOptions {
  /** The directory for containers' files. Default: this user's own in the system's temporary directory. */
  readonly stateDirectory?: string;
  /** Images that cannot be pulled. Default: those whose last part begins with `missing`. */
  readonly missingImages?: RegExp;
}

/** Runs every container as processes of this machine, in namespaces of their own. */
export class ProcessKubelet implements Kubelet {
  readonly #node: Node;
  readonly #options: ProcessKubeletOptions;
  readonly #workers = new Map<string, PodWorker>();
  readonly #leave: () => void;

  private constructor(node: Node, options: ProcessKubeletOptions) {
    this.#node = node;
    this.#options = options;
    const subscribe = options.subscribe ?? (listener => node.store.subscribe(listener));
    this.#leave = subscribe(change => {
      if (change.resource === 'pods') this.#changed(change);
    });
  }

  /** Raises SandboxUnavailable where containers cannot be isolated. */
  static async start(store: Store, options: ProcessKubeletOptions): Promise<ProcessKubelet> {
    const sandbox = openSandbox();
    const state = await StateDirectory.open(options.stateDirectory);
    const fifos = new FifoPool(state.directory('fifos'), sandbox.tools.mkfifo);
    const {missingImages = missingByName} = options;
    const memory = new MemoryLimits();
    const runtime = {sandbox, fifos, memory, note: (pid: number) => state.note(pid)};
    return new ProcessKubelet({store, state, runtime, missingImages}, options);
  }

  readonly exec: ExecHandler = async call => {
    const inside = this.#workers.get(call.pod.metadata.uid ?? '')?.inside(call.container);
    if (inside === undefined) {
      return {status: refusal(`container not found ("${call.container}")`)};
    }
    const {sandbox, fifos} = this.#node.runtime;
    return (call.tty ? enterWithTerminal : enterWithPipes)(sandbox, fifos, inside, call);
  };

  endOf(pod: ApiObject): AbortSignal {
    return this.#workers.get(pod.metadata.uid ?? '')?.ended ?? AbortSignal.abort();
  }

  logOf(pod: ApiObject, container: string, previous: boolean): ContainerLog | undefined {
    return this.#workers.get(pod.metadata.uid ?? '')?.logOf(container, previous);
  }

  async stop(): Promise<void> {
    this.#leave();
    await Promise.all([...this.#workers.values()].map(worker => worker.kill()));
    this.#node.state.remove();
  }

  #changed({before, object, deleted}: Change): void {
    const {uid = '', name, namespace = ''} = object.metadata;
    const worker = this.#workers.get(uid);
    if (before === undefined && !deleted) {
      const created = new PodWorker(this.#node, object);
      this.#workers.set(uid, created);
      const control = controlPod(this.#node.store, namespace, name);
      // After the response to the write that created it.
      setImmediate(() => {
        if (this.#options.onPod?.(object, control) !== true) created.start();
      });
      return;
    }
    if (worker === undefined) return;
    const phase = stringAt(object, 'status', 'phase');
    if (isLost(object) && !deleted) void worker.lose();
    else if (deleted) {
      void worker.kill().then(() => this.#workers.delete(uid));
    } else if ((phase === 'Failed' || phase === 'Succeeded') && !worker.isWriting)
      void worker.kill();
    else if (object.metadata.deletionTimestamp !== undefined) worker.terminate(object);
  }
}
