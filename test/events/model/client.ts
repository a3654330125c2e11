import {DeadlineError} from '../../../src/errors.ts';
import type {
  ConfigMap,
  ListQuery,
  Page,
  Resources,
  WatchEvent,
  WatchQuery,
} from '../../../src/kube/cluster.ts';
import type {Clock} from '../../../src/events/clock.ts';
import type {Store} from '../../../src/events/store.ts';
import type {Program, Scheduler} from './scheduler.ts';
import type {Server} from './server.ts';
import {failure, matcher} from './server.ts';

/** How the way to the server misbehaves. */
export interface Way {
  /** Mean milliseconds of a request and of its answer. */
  readonly latencyMs: number;
  /** Probability that the answer to a write is lost: done, not done, or done later. */
  readonly loss: number;
}

/** The server as one program reaches it: every request is a step, and so is its answer. */
export class Client implements Resources<ConfigMap> {
  requests = 0;
  conflicts = 0;
  readonly #scheduler: Scheduler;
  readonly #server: Server;
  readonly #program: Program;
  readonly #way: Way;

  constructor(world: {scheduler: Scheduler; server: Server}, program: Program, way: Way) {
    this.#scheduler = world.scheduler;
    this.#server = world.server;
    this.#program = program;
    this.#way = way;
  }

  async get(name: string): Promise<ConfigMap> {
    return this.#read(() => this.#server.get(name));
  }

  async *list(query: ListQuery = {}): AsyncGenerator<Page<ConfigMap>> {
    const {limit = Infinity} = query;
    const {items, version} = await this.#read(() => ({
      items: this.#server.list(query),
      version: this.#server.version,
    }));
    let start = 0;
    do {
      if (start > 0) await this.#read(() => undefined);
      const page = items.slice(start, start + limit);
      const bare = page.map(({metadata}) => ({metadata}));
      yield {items: query.metadataOnly ? bare : page, resourceVersion: String(version)};
      start += limit;
    } while (start < items.length);
  }

  create(object: ConfigMap): Promise<ConfigMap> {
    return this.#write(() => this.#server.create(object));
  }

  async replace(object: ConfigMap): Promise<ConfigMap> {
    try {
      return await this.#write(() => this.#server.replace(object));
    } catch (error) {
      this.conflicts += 1;
      throw error;
    }
  }

  patch(): Promise<ConfigMap> {
    throw new Error('the event log does not patch');
  }

  delete(name: string): Promise<void> {
    return this.#write(() => this.#server.delete(name));
  }

  async *watch(query: WatchQuery): AsyncGenerator<WatchEvent<ConfigMap>> {
    const isWanted = matcher(query);
    let version = Number(query.resourceVersion);
    for (;;) {
      const change = this.#server.changeAfter(version, isWanted);
      if (change) {
        await this.#pause();
        version = change.version;
        yield {type: change.type, object: change.object};
      } else {
        version = this.#server.version;
        await this.#server.nextChange();
        await this.#pause();
      }
    }
  }

  async #read<T>(effect: () => T): Promise<T> {
    this.requests += 1;
    await this.#pause();
    const result = effect();
    await this.#pause();
    return result;
  }

  async #write<T>(effect: () => T): Promise<T> {
    const fate = this.#scheduler.chance(this.#way.loss) ? this.#scheduler.below(3) : 3;
    this.requests += 1;
    await this.#pause();
    if (fate === 0) void this.#later(effect);
    if (fate === 0 || fate === 1) throw failure('unreachable', true);
    const result = effect();
    await this.#pause();
    if (fate === 2) throw failure('unreachable', true);
    return result;
  }

  /** The request lingers on the way, and its sender's death does not stop it. */
  async #later(effect: () => unknown): Promise<void> {
    const network = {name: 'network', stepsToLive: Infinity, endsAtMs: Infinity};
    await this.#scheduler.pause(network, this.#scheduler.random() * 2000);
    try {
      effect();
    } catch {
      // Nobody is there to hear that it came too late.
    }
  }

  async #pause(): Promise<void> {
    await this.#scheduler.pause(this.#program, this.#scheduler.random() * 2 * this.#way.latencyMs);
    throwIfOver(this.#scheduler, this.#program);
  }
}

/** The store of one program: its own connection, and the virtual clock. */
export function storeOf(scheduler: Scheduler, program: Program, configMaps: Client): Store {
  const clock: Clock = {
    nowMs: () => scheduler.nowMs,
    wallMs: () => scheduler.nowMs,
    random: scheduler.random,
    newId: () => scheduler.below(2 ** 40).toString(36) + scheduler.below(2 ** 40).toString(36),
    sleep: async (ms, signal) => {
      const restMs = program.endsAtMs - scheduler.nowMs;
      await scheduler.pause(program, Math.max(0, Math.min(ms, restMs)), signal);
      throwIfOver(scheduler, program);
    },
  };
  return {configMaps, clock};
}

function throwIfOver(scheduler: Scheduler, program: Program): void {
  if (scheduler.nowMs >= program.endsAtMs) throw new DeadlineError('not done in time');
}

/** The same calls, to change some of them. */
export function bound(configMaps: Store['configMaps']): Store['configMaps'] {
  return {
    get: name => configMaps.get(name),
    list: query => configMaps.list(query),
    create: object => configMaps.create(object),
    replace: object => configMaps.replace(object),
    patch: (name, patch) => configMaps.patch(name, patch),
    delete: (name, options) => configMaps.delete(name, options),
    watch: query => configMaps.watch(query),
  };
}
