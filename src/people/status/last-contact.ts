import {isKubeFailure, messageOf} from '../../errors.ts';
import type {Cluster} from '../../kube/cluster.ts';
import {log} from '../../log.ts';
import {Deadline} from '../../time/deadline.ts';
import {nowMs} from '../../time/now.ts';
import {sleep} from '../../time/sleep.ts';
import {age} from '../age.ts';

/** A watch may have no change to send for a minute: after this long the server is asked for a sign of life. */
const ASK_AFTER_MS = 10_000;

/** A server that has sent nothing for this long, although it was asked, is called silent. */
const SILENT_MS = 20_000;

/** When the server of a watch last sent something. */
export class LastContact {
  #heardMs = nowMs();

  heard(): void {
    this.#heardMs = nowMs();
  }

  /** A message for the operator while the server is silent; undefined otherwise. */
  get silence(): string | undefined {
    const silentMs = nowMs() - this.#heardMs;
    if (silentMs < SILENT_MS) return undefined;
    return `no word from the server for ${age(silentMs)}: this may be out of date`;
  }

  /** Asks the server whenever nothing was heard for a while; `onTick` is called every second. */
  async keepAsking(cluster: Cluster, signal: AbortSignal, onTick: () => void): Promise<never> {
    let asked: Promise<void> | undefined;
    for (;;) {
      await sleep(1_000, signal);
      onTick();
      if (nowMs() - this.#heardMs < ASK_AFTER_MS) continue;
      asked ??= this.#ask(cluster, signal).finally(() => (asked = undefined));
      // Other errors, such as an interruption, are raised by the loop that follows the watch.
      asked.catch((error: unknown) => log.warn('watch.failed', {error: messageOf(error)}));
    }
  }

  async #ask(cluster: Cluster, signal: AbortSignal): Promise<void> {
    const deadline = new Deadline(ASK_AFTER_MS, {parent: signal});
    try {
      const pages = cluster.within(deadline).pods.list({limit: 1, metadataOnly: true});
      await pages[Symbol.asyncIterator]().next();
      this.heard();
    } catch (error) {
      // A refusal is an answer, too.
      if (isKubeFailure(error) && error.status > 0) this.heard();
      else log.warn('watch.silent', {error: messageOf(error)});
    } finally {
      deadline.clear();
    }
  }
}
