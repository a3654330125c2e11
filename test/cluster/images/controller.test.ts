import type {V1Pod} from '@kubernetes/client-node';
import {afterAll, beforeAll, expect, it} from 'vitest';
import {create, shippedManifests} from '../kit/manifests.ts';
import {openPlayground, succeeded, type Playground} from '../kit/playground.ts';
import {execInPod} from '../kit/pod-exec.ts';
import {until} from '../kit/poll.ts';
import {beforeNextTry} from '../kit/tries.ts';
import {BUILD_MS, built, CONTROLLER, describeImages} from './images.ts';
import {enforceRestricted} from './namespace.ts';

const POD = 'controller';

describeImages('a pod of the controller’s image, by its account alone', () => {
  let ground: Playground;
  let image = '';
  beforeAll(async () => {
    image = await built(CONTROLLER);
    ground = await openPlayground('images-controller');
    await enforceRestricted(ground);
    const {namespace, api} = ground;
    for (const manifest of shippedManifests('rbac.yaml', namespace)) await create(ground, manifest);
    await create(ground, {
      ...{apiVersion: 'v1', kind: 'Pod'},
      metadata: {name: POD, namespace},
      spec: spec(image, ground.env),
    });
    await until('it runs', async () => {
      const {text} = await api.call('GET', `/pods/${POD}`);
      return (JSON.parse(text) as V1Pod).status?.phase === 'Running';
    });
  }, BUILD_MS);
  afterAll(() => ground.close());

  /** A command in that pod; raises unless it exits 0. */
  async function inside(command: string): Promise<string> {
    const {code, stdout, stderr} = await execInPod(ground.target, POD, ['sh', '-c', command]);
    if (code !== 0) throw new Error(`${command}: exit code ${code}: ${stderr}`);
    return stdout;
  }

  it('holds the executables, Node and no tool to build or download with', async () => {
    expect(
      await inside('for p in session-k8s events-k8s events-prune k8s; do gc-$p --version; done'),
    ).toMatch(/^gc-session-k8s .*\ngc-events-k8s .*\ngc-events-prune .*\ngc-k8s .*\n$/);
    expect(await inside('node --version; id -u')).toMatch(/^v24\.\d+\.\d+\n65532\n$/);
    expect(await inside('command -v npm tmux git curl gcc python3 gc; echo end')).toBe('end\n');
  });

  it('is smaller than an agent’s', async () => {
    expect(Number(await inside('du -sxm / 2>/dev/null | cut -f 1'))).toBeLessThan(330);
  });

  it('starts an agent, talks to it and stops it', async () => {
    beforeNextTry(() => ground.gc(['stop', 'inner']));
    await inside(`echo '{"command":"cat"}' | gc-session-k8s start inner`);
    expect(await inside('gc-session-k8s is-running inner; gc-session-k8s list-running')).toBe(
      'true\ninner\n',
    );
    // The same agent, seen from where the kubeconfig is.
    expect(succeeded(await ground.gc(['list-running', ''])).stdout).toBe('inner\n');
    await inside(`echo 'from inside' | gc-session-k8s nudge inner`);
    await until('it is shown', async () =>
      (await inside('gc-session-k8s peek inner')).includes('from inside'),
    );
    expect(await inside(`echo hostname | gc-session-k8s exec inner`)).toBe('inner\n');
    await inside('gc-session-k8s stop inner');
    expect(await inside('gc-session-k8s is-running inner')).toBe('false\n');
  });

  it('records events, lists them and follows the log', async () => {
    beforeNextTry(() => ground.api.call('DELETE', '/configmaps'));
    await inside('gc-events-k8s ensure-running');
    await inside(`echo '{"type":"inner.first","actor":"test"}' | gc-events-k8s record`);
    const log = await inside(
      [
        'gc-events-k8s watch 0 >/tmp/log & watch=$!',
        `echo '{"type":"inner.second","actor":"test"}' | gc-events-k8s record`,
        'until [ "$(wc -l </tmp/log)" = 2 ]; do sleep 0.1; done',
        'kill $watch; cat /tmp/log',
      ].join('\n'),
    );
    expect(
      log
        .trim()
        .split('\n')
        .map(line => (JSON.parse(line) as {seq: number}).seq),
    ).toEqual([1, 2]);
    expect(await inside(`echo '{"Type":"inner.second"}' | gc-events-k8s list`)).toContain(
      '"seq":2',
    );
    expect(await inside('gc-events-k8s latest-seq')).toBe('2\n');
  });

  it('may do nothing beyond its Role', async () => {
    const {code, stderr} = await execInPod(ground.target, POD, [
      ...['env', 'GC_K8S_NAMESPACE=default', 'gc-session-k8s', 'list-running'],
    ]);
    expect(code).toBe(1);
    expect(stderr).toContain('needs verb "list" on pods');
  });

  it('is told of an agent’s image without tmux', async () => {
    const {code, stderr} = await ground.gc(['start', 'bare'], {
      stdin: '{"command":"cat"}',
      env: {
        GC_K8S_IMAGE: image,
        GC_K8S_IMAGE_PULL_POLICY: 'Never',
        GC_K8S_POD_SECURITY: 'restricted',
      },
    });
    expect(code).toBe(1);
    expect(stderr).toBe(
      'start bare: the image has no tmux; install it in the image that GC_K8S_IMAGE names\n',
    );
    await ground.gone('bare');
  });
});

/** As the shipped Deployment runs it; the settings are those of the agents it starts. */
function spec(image: string, settings: Readonly<Record<string, string>>): object {
  const names = ['GC_K8S_IMAGE', 'GC_K8S_CPU_REQUEST', 'GC_K8S_MEM_REQUEST'];
  return {
    serviceAccountName: 'gc-controller',
    automountServiceAccountToken: true,
    restartPolicy: 'Never',
    terminationGracePeriodSeconds: 1,
    securityContext: {runAsNonRoot: true, seccompProfile: {type: 'RuntimeDefault'}},
    volumes: [{name: 'tmp', emptyDir: {}}],
    containers: [
      {
        ...{name: 'agent', image, imagePullPolicy: 'Never'},
        command: ['sh', '-c', 'sleep 100000'],
        env: [
          {name: 'GC_K8S_NAMESPACE', valueFrom: {fieldRef: {fieldPath: 'metadata.namespace'}}},
          {name: 'GC_K8S_POD_SECURITY', value: 'restricted'},
          // The plain image of these tests is made for root.
          {name: 'GC_K8S_RUN_AS_USER', value: '1000'},
          ...names.map(name => ({name, value: settings[name] ?? ''})),
        ],
        volumeMounts: [{name: 'tmp', mountPath: '/tmp'}],
        securityContext: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: {drop: ['ALL']},
        },
      },
    ],
  };
}
