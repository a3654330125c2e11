import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {CountingProxy} from './counting-proxy.mjs';
import {sampleOf} from './rounds.mjs';

/**
 * Runs each row once more, through a proxy that counts: the API exchanges of our call and of
 * kubectl's. Gives a map from row to {ours, kubectl}.
 */
export async function countExchanges(bench, rows, onFailure) {
  const proxy = new CountingProxy(bench.target);
  const changes = throughProxy(bench, await proxy.open());
  const counts = new Map();
  for (const row of rows) {
    const counted = {};
    for (const kind of ['ours', 'reference']) {
      const variant = row.variants.find(candidate => candidate.kind === kind);
      if (!variant || variant.isUncounted) continue;
      try {
        // kubectl runs API discovery once, and caches it.
        if (kind === 'reference') await sampleOf(row, variant, changes);
        proxy.take();
        await sampleOf(row, variant, changes);
        counted[kind] = proxy.take();
      } catch (error) {
        onFailure(row, variant, error);
      }
    }
    counts.set(row, counted);
  }
  proxy.close();
  return counts;
}

/** An environment in which the proxy is a client's only cluster. */
function throughProxy(bench, server) {
  const name = bench.settings.context ?? 'counting';
  const kubeconfig = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{name, cluster: {server}}],
    users: [{name, user: {}}],
    contexts: [{name, context: {cluster: name, user: name}}],
    'current-context': name,
  };
  const file = join(bench.directory, 'counting-kubeconfig');
  writeFileSync(file, JSON.stringify(kubeconfig), {mode: 0o600});
  return {KUBECONFIG: file, KUBECACHEDIR: join(bench.directory, 'kubectl-cache')};
}
