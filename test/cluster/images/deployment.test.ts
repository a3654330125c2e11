import type {V1ConfigMap, V1Deployment} from '@kubernetes/client-node';
import {afterAll, beforeAll, expect, it} from 'vitest';
import {create, shippedManifests, type Manifest} from '../kit/manifests.ts';
import {openPlayground, succeeded, type Playground} from '../kit/playground.ts';
import {until} from '../kit/poll.ts';
import {BUILD_MS, built, CONTROLLER, describeImages} from './images.ts';
import {enforceRestricted} from './namespace.ts';

/** In gc's place: it does once what gc does, with what the Deployment gave it, and stays. */
const GC = `#!/bin/sh -e
[ "$*" = 'start --foreground /city' ]
cat /city/city.toml
echo once >>/city/starts
agents=$(\${GC_SESSION#exec:} list-running '')
[ -n "$agents" ] || echo '{"command":"cat"}' | \${GC_SESSION#exec:} start mayor
\${GC_SESSION#exec:} list-running ''
echo '{"type":"city.started","actor":"gc"}' | \${GC_EVENTS#exec:} record
echo "event $(\${GC_EVENTS#exec:} latest-seq), start $(wc -l </city/starts), dolt $GC_DOLT_HOST:$GC_DOLT_PORT"
trap 'exit 0' TERM
sleep 100000 & wait
`;

describeImages('the Deployment of gc, from the controller’s image', () => {
  let ground: Playground;
  beforeAll(async () => {
    const image = await built(CONTROLLER);
    ground = await openPlayground('images-deployment');
    await enforceRestricted(ground);
    for (const manifest of shippedManifests('rbac.yaml', ground.namespace))
      await create(ground, manifest);
    await configMap('gc-city', {'city.toml': '# the city\n'});
    await configMap('stand-in', {gc: GC});
    for (const file of ['controller-claim.yaml', 'controller-deployment.yaml'])
      for (const manifest of shippedManifests(file, ground.namespace))
        await create(ground, adapted(manifest, image));
  }, BUILD_MS);
  afterAll(() => ground.close());

  const configMap = (name: string, data: Readonly<Record<string, string>>) =>
    create(ground, {
      ...{apiVersion: 'v1', kind: 'ConfigMap', data},
      metadata: {name, namespace: ground.namespace},
    });

  /** The manifest with these tests' image and settings, and the stand-in where gc belongs. */
  function adapted(manifest: Manifest, image: string): Manifest {
    const changed = structuredClone(manifest);
    if (changed.kind === 'ConfigMap') {
      const ofAgents = /^GC_K8S_(IMAGE|CPU|MEM)/;
      const given = Object.entries(ground.env).filter(([name]) => ofAgents.test(name));
      (changed as V1ConfigMap).data = {
        ...Object.fromEntries(given),
        ...{GC_K8S_POD_SECURITY: 'restricted', GC_K8S_RUN_AS_USER: '1000'},
      };
    }
    const {template} = (changed as V1Deployment).spec ?? {};
    const [container] = template?.spec?.containers ?? [];
    if (container === undefined) return changed;
    container.image = image;
    container.imagePullPolicy = 'Never';
    const mount = {name: 'stand-in', mountPath: '/usr/local/bin/gc', subPath: 'gc'};
    container.volumeMounts?.push(mount);
    template?.spec?.volumes?.push({
      name: 'stand-in',
      configMap: {name: 'stand-in', defaultMode: 0o755},
    });
    return changed;
  }

  /** The log of gc's pod, once it has this line. */
  const log = (line: RegExp) =>
    until(`gc says ${line}`, async () => {
      const {body} = await ground.api.call('GET', '/pods?labelSelector=app=gc-controller');
      const [pod] = (body.items ?? []).filter(({metadata}) => !metadata?.deletionTimestamp);
      const {text} = await ground.api.call('GET', `/pods/${pod?.metadata?.name ?? ''}/log`);
      return line.test(text) && {text, pod: pod?.metadata?.name ?? ''};
    });

  it('starts gc with the city’s files, under its account, and gc an agent', async () => {
    const dolt = `dolt dolt.${ground.namespace}.svc:3307`;
    const {text} = await log(/^event/m);
    expect(text).toBe(`# the city\nmayor\nevent 1, start 1, ${dolt}\n`);
    expect(succeeded(await ground.gc(['is-running', 'mayor'])).stdout).toBe('true\n');
  });

  it('brings gc back when its pod is lost, with what it wrote and the agents at work', async () => {
    const {pod, text: before} = await log(/start \d+,/);
    await ground.api.call('DELETE', `/pods/${pod}`);
    const next = Number(/start (\d+),/.exec(before)?.[1]) + 1;
    const {text} = await log(new RegExp(`start ${next},`));
    expect(text).toContain(`\nmayor\nevent ${next}, `);
  });
});
