import {writeFileSync} from 'node:fs';
import {join, resolve} from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {issueServerCertificate} from '../../../dev-cluster/tls/certificates.ts';
import {account} from '../kit/account.ts';
import {create} from '../kit/manifests.ts';
import {openPlayground, type GcOptions, type Playground} from '../kit/playground.ts';
import {launch} from '../kit/process.ts';
import {readKubeconfig} from '../real-cluster.ts';

const GC_K8S = resolve(import.meta.dirname, '../../../dist/gc-k8s');
const GC_EVENTS = resolve(import.meta.dirname, '../../../dist/gc-events-k8s');

/** An image that the cluster has or can pull, without tmux. */
const NO_TMUX = 'debian:bookworm-slim';

interface Finding {
  readonly link: string;
  readonly verdict: string;
  readonly says: string;
  readonly todo?: string;
}

describe('gc-k8s doctor', () => {
  let ground: Playground;
  beforeAll(async () => void (ground = await openPlayground('doctor')));
  afterAll(() => ground.close());

  async function doctor(options: GcOptions & {args?: readonly string[]} = {}) {
    const {args = ['--no-dolt'], env = {}} = options;
    const whole = Object.entries({...ground.env, ...env}).filter(
      ([, value]) => value !== undefined,
    );
    const {code, stdout, stderr} = await launch(GC_K8S, ['doctor', '-o', 'json', ...args], {
      env: Object.fromEntries(whole) as Record<string, string>,
      stdin: '',
      deadlineMs: 120_000,
    }).done;
    expect(stderr).toBe('');
    const {ok, findings} = JSON.parse(stdout) as {ok: boolean; findings: Finding[]};
    expect(ok).toBe(code === 0);
    const left = (await ground.pods()).filter(({metadata}) => !metadata?.deletionTimestamp);
    expect(left.map(({metadata}) => metadata?.name)).toEqual([]);
    const failed = findings.filter(({verdict}) => verdict === 'failed');
    return {code, findings, failed};
  }

  /** One link is broken, says so in the cluster's words, and what to do; what hangs on it is left out. */
  async function expectBroken(
    link: string,
    says: RegExp,
    options: GcOptions & {args?: readonly string[]} = {},
  ): Promise<void> {
    const {code, failed} = await doctor(options);
    expect([code, failed.map(finding => finding.link)]).toEqual([1, [link]]);
    expect(failed[0]?.says).toMatch(says);
    expect(failed[0]?.todo).toMatch(/\w/);
  }

  it('finds every link in order where all is well, and leaves no pod', async () => {
    const {code, findings} = await doctor();
    expect(code).toBe(0);
    expect(findings.filter(({verdict}) => verdict === 'ok').map(({link}) => link)).toEqual(
      expect.arrayContaining([
        ...['kubeconfig', 'api server', 'version', 'clock', 'namespace', 'permissions'],
        ...['event log', 'pod', 'node', 'image', 'container', 'exec', 'tools'],
      ]),
    );
  });

  it('names a context that is not there', async () => {
    await expectBroken('kubeconfig', /nope/, {env: {GC_K8S_CONTEXT: 'nope'}});
  });

  it('names an authority that did not sign the server', async () => {
    const config = readKubeconfig();
    const other = Buffer.from(issueServerCertificate().authority).toString('base64');
    const clusters = config.clusters.map(entry => ({
      ...entry,
      cluster: {...entry.cluster, 'certificate-authority-data': other},
    }));
    const path = join(ground.directory, 'other-authority');
    writeFileSync(path, JSON.stringify({...config, clusters}), {mode: 0o600});
    await expectBroken('api server', /certificate|self-signed/, {env: {KUBECONFIG: path}});
  });

  it('names the one verb that an account lacks', async () => {
    const kubeconfig = await account(ground, 'no-patch', [
      {apiGroups: [''], resources: ['pods'], verbs: ['get', 'list', 'watch', 'create', 'delete']},
      {apiGroups: [''], resources: ['pods/exec'], verbs: ['get', 'create']},
      {apiGroups: [''], resources: ['events'], verbs: ['list']},
      {
        apiGroups: [''],
        resources: ['configmaps'],
        verbs: ['get', 'list', 'watch', 'create', 'update', 'delete'],
      },
    ]);
    await expectBroken('permissions', /may not patch pods in/, {env: {KUBECONFIG: kubeconfig}});
  });

  it('names a namespace that is not there', async () => {
    await expectBroken('namespace', /no namespace "gc-nowhere-at-all"/, {
      args: ['--no-dolt', '-n', 'gc-nowhere-at-all'],
    });
  });

  it('says that a namespace enforces more than the pods keep to', async () => {
    await label({'pod-security.kubernetes.io/enforce': 'restricted'});
    try {
      await expectBroken('pod', /violates PodSecurity "restricted/);
      // The pod is as the namespace wants it, and the image is one that runs as root.
      await expectBroken('container', /root/, {
        env: {GC_K8S_POD_SECURITY: 'restricted', GC_K8S_RUN_AS_USER: undefined},
      });
    } finally {
      await label({'pod-security.kubernetes.io/enforce': null});
    }
  });

  it('names an image that cannot be pulled', async () => {
    const env = {GC_K8S_IMAGE: 'localhost:1/no-such:1', GC_K8S_IMAGE_PULL_POLICY: 'Always'};
    await expectBroken('image', /no-such:1/, {env});
  });

  it('says that the quota is full', async () => {
    const {namespace} = ground;
    await create(ground, {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: {name: 'none', namespace},
      spec: {hard: {pods: '0'}},
    });
    try {
      await expectBroken('pod', /exceeded quota: none/);
    } finally {
      await ground.api.call('DELETE', '/resourcequotas/none');
    }
  });

  it('says why no node takes the pod', async () => {
    const env = {GC_K8S_NODE_SELECTOR: '{"gc-test/nowhere":"yes"}'};
    await expectBroken('node', /0\/\d+ nodes are available/, {env});
  });

  it('says that the image has no tmux', async () => {
    await expectBroken('tools', /no tmux/, {env: {GC_K8S_IMAGE: NO_TMUX}});
  });

  it('tells a database that is not deployed from one that is down', async () => {
    await expectBroken('dns', /^dolt\.\S+ does not resolve/, {args: []});
    const {namespace} = ground;
    await create(ground, {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: {name: 'dolt', namespace},
      spec: {ports: [{port: 3307}], selector: {app: 'nothing'}},
    });
    await expectBroken('dolt port', /:3307, from an agent's pod: .*(refused|no answer)/, {
      args: [],
    });
  });

  it('says that the counter of the event log is gone', async () => {
    const event = '{"type":"t","actor":"a"}';
    const recorded = await launch(GC_EVENTS, ['record'], {
      env: ground.env,
      stdin: event,
      deadlineMs: 30_000,
    }).done;
    expect(recorded.code).toBe(0);
    await ground.api.call('DELETE', '/configmaps/gc-events-seq');
    await expectBroken('event log', /gc-events-seq, is gone; the events go up to \d/);
  });

  async function label(labels: Record<string, string | null>): Promise<void> {
    const path = `/api/v1/namespaces/${ground.namespace}`;
    const {status, text} = await ground.api.callAt(
      path,
      'PATCH',
      {metadata: {labels}},
      {'content-type': 'application/merge-patch+json'},
    );
    if (status !== 200) throw new Error(`label ${ground.namespace}: ${status} ${text}`);
  }
});
