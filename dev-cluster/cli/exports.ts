import type {Place} from './place.ts';

/** Shell lines with which gc and kubectl find the cluster: fit for `eval "$(gc-dev-cluster up -d)"`. */
export function exportLines({kubeconfig}: Place, namespace: string): string {
  return [
    `export KUBECONFIG=${quoted(kubeconfig)}`,
    `export GC_K8S_NAMESPACE=${quoted(namespace)}`,
    // Nothing is pulled here; a start wants an image all the same.
    'export GC_K8S_IMAGE=local',
    '',
  ].join('\n');
}

function quoted(text: string): string {
  return /^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
