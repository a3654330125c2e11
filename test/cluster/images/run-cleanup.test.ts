import {afterAll, beforeAll, expect, it} from 'vitest';
import {create, shippedManifests, type Manifest} from '../kit/manifests.ts';
import {openPlayground, type Playground} from '../kit/playground.ts';
import {until} from '../kit/poll.ts';
import {ended, gcK8s} from '../run/kit.ts';
import {BUILD_MS, built, CONTROLLER, describeImages} from './images.ts';
import {enforceRestricted} from './namespace.ts';

const AGENTS = {GC_K8S_POD_SECURITY: 'restricted', GC_K8S_RUN_AS_USER: '1000'};
const KEPT = {...AGENTS, GC_K8S_RETENTION: 'keep', GC_K8S_ARTIFACTS_KEEP: '0'};

interface CronJob extends Manifest {
  readonly kind: 'CronJob';
  readonly spec: {readonly jobTemplate: {readonly spec: object}};
}

const isCronJob = (manifest: Manifest): manifest is CronJob => manifest.kind === 'CronJob';

describeImages('the CronJob that cleans up ended runs, from the controller’s image', () => {
  let ground: Playground;
  beforeAll(async () => {
    ground = await openPlayground('run-cleanup');
    await enforceRestricted(ground);
    const image = await built(CONTROLLER);
    for (const manifest of shippedManifests('run-cleanup-cronjob.yaml', ground.namespace)) {
      const text = JSON.stringify(manifest)
        .replace(/"gc-k8s-controller:[^"]*"/, JSON.stringify(image))
        .replace('"7d"', '"1s"')
        .replace('"false"', '"true"');
      await create(ground, JSON.parse(text) as Manifest);
    }
  }, BUILD_MS);
  afterAll(() => ground.close());

  it('deletes what is over under its own Role, tells the event log, and leaves who runs', async () => {
    const {api, namespace} = ground;
    await ground.start('at-work', {command: 'cat'}, {env: AGENTS});
    await ground.start('over', {command: 'exit 3', lifecycle: 'one_shot'}, {env: KEPT});
    const {endedAt = ''} = await ended(ground, 'over');
    await until('it is old enough', () => Date.now() - Date.parse(endedAt) > 2_000);
    const jobs = `/apis/batch/v1/namespaces/${namespace}`;
    const {text} = await api.callAt(`${jobs}/cronjobs/gc-run-cleanup`, 'GET');
    const cronJob = JSON.parse(text) as Manifest;
    if (!isCronJob(cronJob)) throw new Error(`no CronJob: ${text}`);
    // As `kubectl create job by-hand --from=cronjob/gc-run-cleanup` does.
    await create(ground, {
      ...{apiVersion: 'batch/v1', kind: 'Job', metadata: {name: 'by-hand', namespace}},
      spec: cronJob.spec.jobTemplate.spec,
    });
    const status = await until('the job is over', async () => {
      const {body} = await api.callAt(`${jobs}/jobs/by-hand`, 'GET');
      const counts = body.status as {succeeded?: number; failed?: number} | undefined;
      return (counts?.succeeded ?? counts?.failed) !== undefined && counts;
    });
    const pods = (await api.call('GET', '/pods?labelSelector=job-name=by-hand')).body.items ?? [];
    const log = await api.call('GET', `/pods/${pods[0]?.metadata?.name ?? ''}/log`);
    expect([status.succeeded, log.text]).toEqual([
      1,
      expect.stringMatching(
        /^KIND.*\npod +over +over +failed [^]*\n1 pods and 1 records deleted\n$/,
      ),
    ]);
    await until('the pod is gone', async () => !(await ground.podOf('over')));
    expect((await ground.gc(['is-running', 'at-work'])).stdout).toBe('true\n');
    const events = (await gcK8s(ground, ['events', 'list', '--json'])).stdout;
    expect(events).toMatch(/"session\.finished"[^]*"over"/);
  });
});
