import {setTimeout as wait} from 'node:timers/promises';
import type {TestProject} from 'vitest/node';
import {ApiClient} from '../cluster-contract/api-client.ts';
import {openAdmin, RUN_LABEL} from './real-cluster.ts';

/** Namespaces take a while to go: as long as the slowest of their pods. */
const GONE_WITHIN_MS = 90_000;

interface Namespaces {
  readonly items: readonly {
    metadata: {name: string};
    status: {phase: string; conditions?: readonly {message: string}[]};
  }[];
}

/** After the last file: what the run made on the cluster must be gone, with all that was in it. */
export default function setup({config}: TestProject): () => Promise<void> {
  const {run} = config.provide;
  return async () => {
    const admin = new ApiClient(openAdmin());
    const overMs = Date.now() + GONE_WITHIN_MS;
    for (;;) {
      const query = `?labelSelector=${RUN_LABEL}%3D${run}`;
      const {text} = await admin.callAt(`/api/v1/namespaces${query}`, 'GET');
      const {items} = JSON.parse(text) as Namespaces;
      if (items.length === 0) break;
      if (Date.now() > overMs) {
        // Vitest says what a teardown raises, and exits 0 all the same.
        process.exitCode = 1;
        throw new Error(`left on the cluster: ${words(items)}`);
      }
      await wait(500);
    }
    admin.close();
  };
}

function words(items: Namespaces['items']): string {
  return items
    .map(({metadata, status}) => {
      const why = status.conditions?.map(({message}) => message).join('; ') ?? '';
      return `namespace ${metadata.name} (${status.phase}) ${why}`;
    })
    .join(', ');
}
