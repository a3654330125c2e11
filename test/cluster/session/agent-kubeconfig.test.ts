import {readFileSync} from 'node:fs';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {accountKubeconfig} from '../kit/account.ts';
import {create, shippedManifests} from '../kit/manifests.ts';
import {openPlayground, succeeded, type Playground} from '../kit/playground.ts';

const SETTING = 'GC_K8S_AGENT_KUBECONFIG_SECRET';
const ACCOUNT = 'gc-agent-readonly';

interface Kubeconfig {
  readonly clusters: readonly {cluster: Record<string, string>}[];
  readonly users: readonly {user: {token: string}}[];
}

/** What kubectl would ask, with nothing but the kubeconfig that the pod says it has. */
const ASK = `
  field() { jq -r "$1" "$KUBECONFIG"; }
  field '.clusters[0].cluster."certificate-authority-data"' | base64 -d >/tmp/ca
  printf 'Authorization: Bearer %s' "$(field '.users[0].user.token')" >/tmp/header
  ask() {
    curl -sS --cacert /tmp/ca -H @/tmp/header -X "$1" -o /dev/null -w '%{http_code}\\n' \\
      "$(field '.clusters[0].cluster.server')/api/v1/namespaces/$2"
  }`;

describe('a kubeconfig for agents', () => {
  let ground: Playground;
  let token: string;
  beforeAll(async () => {
    ground = await openPlayground('agent-kubeconfig');
    const {namespace} = ground;
    for (const manifest of shippedManifests('agent-readonly-rbac.yaml', namespace)) {
      await create(ground, manifest);
    }
    const path = await accountKubeconfig(ground, ACCOUNT);
    const config = JSON.parse(readFileSync(path, 'utf8')) as Kubeconfig;
    token = config.users[0]?.user.token ?? '';
    const clusters = config.clusters.map(entry => ({
      ...entry,
      cluster: {...entry.cluster, server: 'https://kubernetes.default.svc'},
    }));
    await create(ground, {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: {name: 'looks', namespace},
      stringData: {config: JSON.stringify({...config, clusters}), other: 'not for agents'},
    });
    await ground.start('a', {command: 'cat'}, {env: {[SETTING]: 'looks'}});
    await ground.start('b', {command: 'cat'});
  });
  afterAll(() => ground.close());

  const inPod = async (session: string, script: string) =>
    succeeded(await ground.gc(['exec', session], {stdin: script})).stdout;

  it('lets an agent look at the cluster, and do nothing to it', async () => {
    const {namespace} = ground;
    const asked = `${ASK}\nask GET ${namespace}/pods\nask DELETE ${namespace}/pods/b\nask GET ${namespace}/secrets`;
    expect(await inPod('a', asked)).toBe('200\n403\n403\n');
    expect(await ground.podOf('b')).toBeDefined();
  });

  it('is one file that nobody in the pod can write, and no token beside it', async () => {
    const script =
      'd=${KUBECONFIG%/*}; ls "$d"; touch "$d/x" 2>&1; ls /var/run/secrets/kubernetes.io 2>&1; :';
    expect(await inPod('a', script)).toMatch(
      /^config\n.*Read-only file system\n.*No such file or directory\n$/,
    );
  });

  it('is in no pod that was not given one, and in no spec', async () => {
    const script = 'echo "[${KUBECONFIG-}]"; ls /run/gc-credentials /var/run/secrets 2>&1; :';
    expect(await inPod('b', script)).toMatch(/^\[\]\n[^]*No such file or directory/);
    expect(await inPod('b', script)).not.toContain('kubernetes');
    expect(token.length).toBeGreaterThan(100);
    expect(JSON.stringify(await ground.pods())).not.toContain(token);
  });
});
