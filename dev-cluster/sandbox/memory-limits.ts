import {readFileSync, readdirSync, readlinkSync} from 'node:fs';

/** Short enough to stop a runaway process before it affects the machine. */
const LOOK_EVERY_MS = 250;

/** At most a fiftieth of the time is spent checking: with many containers, checks are less frequent. */
const SHARE = 50;

interface Limited {
  readonly bytes: number;
  readonly exceeded: () => void;
}

/**
 * Memory limits without cgroups, which an ordinary user cannot create: polls all processes of a limited
 * container. Counts their anonymous memory (RssAnon of proc(5)) but, unlike a cgroup, neither page cache
 * nor files in memory.
 */
export class MemoryLimits {
  /** By PID namespace, which identifies a container. */
  readonly #limited = new Map<string, Limited>();
  #timer: NodeJS.Timeout | undefined;

  /**
   * Calls `exceeded`, once, when the container with this PID 1 uses more than `bytes`. Returns a function
   * that removes the limit.
   */
  add(pid: number, bytes: number, exceeded: () => void): () => void {
    const namespace = namespaceOf(pid.toString());
    if (namespace === undefined) return () => undefined;
    this.#limited.set(namespace, {bytes, exceeded});
    this.#timer ??= setTimeout(() => this.#look(), LOOK_EVERY_MS).unref();
    return () => this.#remove(namespace);
  }

  #remove(namespace: string): void {
    this.#limited.delete(namespace);
    if (this.#limited.size > 0) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #look(): void {
    const sinceMs = performance.now();
    for (const [namespace, held] of this.#held()) {
      const limit = this.#limited.get(namespace);
      if (limit === undefined || held <= limit.bytes) continue;
      this.#remove(namespace);
      limit.exceeded();
    }
    if (this.#limited.size === 0) return;
    const waitMs = Math.max(LOOK_EVERY_MS, SHARE * (performance.now() - sinceMs));
    this.#timer = setTimeout(() => this.#look(), waitMs).unref();
  }

  #held(): Map<string, number> {
    const held = new Map<string, number>();
    for (const pid of readdirSync('/proc').filter(name => /^\d+$/.test(name))) {
      const namespace = namespaceOf(pid);
      if (namespace === undefined || !this.#limited.has(namespace)) continue;
      held.set(namespace, (held.get(namespace) ?? 0) + heldBy(pid));
    }
    return held;
  }
}

/** Undefined for a process that has ended or belongs to another user. */
function namespaceOf(pid: string): string | undefined {
  return unlessGone(() => readlinkSync(`/proc/${pid}/ns/pid`));
}

function heldBy(pid: string): number {
  const status = unlessGone(() => readFileSync(`/proc/${pid}/status`, 'utf8')) ?? '';
  return Number(/^RssAnon:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024;
}

function unlessGone(read: () => string): string | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof Error && 'code' in error) return undefined;
    throw error;
  }
}
