import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, beforeAll, expect, it} from 'vitest';
import {openPlayground, succeeded, type Playground} from '../kit/playground.ts';

const FILE = `
GC_K8S_NODE_SELECTOR: {kubernetes.io/os: linux}
GC_K8S_TOLERATIONS:
  - {key: gc-test/agents, operator: Exists}
GC_K8S_AFFINITY:
  nodeAffinity:
    requiredDuringSchedulingIgnoredDuringExecution:
      nodeSelectorTerms:
        - matchExpressions: [{key: kubernetes.io/os, operator: In, values: [linux]}]
GC_K8S_IMAGE_PULL_SECRETS: [registry]
GC_K8S_CPU_LIMIT: 3
GC_K8S_MEM_LIMIT: 2Gi
GC_K8S_POD_TEMPLATE:
  spec:
    volumes: [{name: cache, emptyDir: {medium: Memory}}]
    containers: [{name: agent, volumeMounts: [{name: cache, mountPath: /cache}]}]
`;

let ground: Playground;
beforeAll(async () => void (ground = await openPlayground('config-file')));
afterAll(() => ground.close());

it('a start takes long values from GC_K8S_CONFIG, and what the environment says before them', async () => {
  const path = join(ground.directory, 'gc.yaml');
  writeFileSync(path, FILE);
  const env = {GC_K8S_CONFIG: path, GC_K8S_MEM_LIMIT: '1Gi'};
  await ground.start('a', {command: 'cat'}, {env});
  const {spec} = (await ground.podOf('a')) ?? {};
  expect(spec).toMatchObject({
    nodeSelector: {'kubernetes.io/os': 'linux'},
    affinity: {nodeAffinity: {}},
    imagePullSecrets: [{name: 'registry'}],
    containers: [{resources: {limits: {cpu: '3', memory: '1Gi'}}}],
  });
  expect(spec?.tolerations).toContainEqual({key: 'gc-test/agents', operator: 'Exists'});
  const stdin = 'mount | grep " /cache " | cut -d " " -f 5; touch /cache/x';
  expect(succeeded(await ground.gc(['exec', 'a'], {stdin})).stdout).toBe('tmpfs\n');
  // What needs no setting of the file does not fail with it.
  writeFileSync(path, 'GC_K8S_CPU_LIMIT: [');
  expect(succeeded(await ground.gc(['is-running', 'a'], {env})).stdout).toBe('true\n');
  const {code, stderr} = await ground.gc(['start', 'b'], {stdin: '{}', env});
  expect([code, stderr]).toEqual([1, expect.stringMatching(/^start b: .*gc\.yaml.*line \d.*\n$/)]);
});
