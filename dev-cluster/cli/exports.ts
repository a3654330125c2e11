import type {ClusterLocation} from './cluster-location.ts';

/** Shell lines that point gc and kubectl at the cluster, for `eval "$(gc-dev-cluster up -d)"`. */
export function exportLines({kubeconfig}: ClusterLocation, namespace: string): string {
  return [
    `export KUBECONFIG=${quoted(kubeconfig)}`,
    `export GC_K8S_NAMESPACE=${quoted(namespace)}`,
    // No image is ever pulled here, but `start` requires one.
    'export GC_K8S_IMAGE=local',
    '',
  ].join('\n');
}

function quoted(text: string): string {
  return /^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
