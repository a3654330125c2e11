/** A kubeconfig for this server, token and namespace, written as JSON, which is valid YAML. */
export function kubeconfigText(cluster: {
  readonly url: string;
  readonly token: string;
  readonly authority?: string | undefined;
  readonly namespace: string;
}): string {
  const name = 'gc-dev-cluster';
  const {url, token, authority, namespace} = cluster;
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      {
        name,
        cluster: {
          server: url,
          ...(authority === undefined
            ? {}
            : {'certificate-authority-data': Buffer.from(authority).toString('base64')}),
        },
      },
    ],
    users: [{name, user: {token}}],
    contexts: [{name, context: {cluster: name, user: name, namespace}}],
    'current-context': name,
  };
  return `${JSON.stringify(config, undefined, 2)}\n`;
}
