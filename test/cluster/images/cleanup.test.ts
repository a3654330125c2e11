import {afterAll, beforeAll, expect, it} from 'vitest';
import {numbersOf, openGround, type Ground} from '../events/kit.ts';
import {create, shippedManifests, type Manifest} from '../kit/manifests.ts';
import {until} from '../kit/poll.ts';
import {BUILD_MS, built, CONTROLLER, describeImages} from './images.ts';
import {enforceRestricted} from './namespace.ts';

/** Younger events are never pruned. */
const YOUNG_MS = 62_000;

interface CronJob extends Manifest {
  readonly kind: 'CronJob';
  readonly spec: {readonly jobTemplate: {readonly spec: object}};
}

const isCronJob = (manifest: Manifest): manifest is CronJob => manifest.kind === 'CronJob';

describeImages('the CronJob that cleans up events, from the controller’s image', () => {
  let ground: Ground;
  beforeAll(async () => {
    ground = await openGround('cleanup');
    await enforceRestricted(ground);
    for (let n = 0; n < 6; n += 1) await ground.record({type: 'test.old', actor: 'test'});
    const recordedMs = performance.now();
    const image = await built(CONTROLLER);
    for (const manifest of shippedManifests('event-cleanup-cronjob.yaml', ground.namespace)) {
      const text = JSON.stringify(manifest)
        .replace(/"gc-k8s-controller:[^"]*"/, JSON.stringify(image))
        .replace('"20000"', '"3"');
      await create(ground, JSON.parse(text) as Manifest);
    }
    const isOld = () => performance.now() - recordedMs > YOUNG_MS;
    await until('the events are old enough', isOld, {timeoutMs: 2 * YOUNG_MS});
  }, BUILD_MS);
  afterAll(() => ground.close());

  it('prunes the log when a job is made of it', async () => {
    const {api, namespace} = ground;
    const jobs = `/apis/batch/v1/namespaces/${namespace}`;
    const {text} = await api.callAt(`${jobs}/cronjobs/gc-event-cleanup`, 'GET');
    const cronJob = JSON.parse(text) as Manifest;
    if (!isCronJob(cronJob)) throw new Error(`no CronJob: ${text}`);
    // As `kubectl create job by-hand --from=cronjob/gc-event-cleanup` does.
    await create(ground, {
      ...{apiVersion: 'batch/v1', kind: 'Job', metadata: {name: 'by-hand', namespace}},
      spec: cronJob.spec.jobTemplate.spec,
    });
    const status = await until('the job is over', async () => {
      const {body} = await api.callAt(`${jobs}/jobs/by-hand`, 'GET');
      const counts = body.status as {succeeded?: number; failed?: number} | undefined;
      return (counts?.succeeded ?? counts?.failed) !== undefined && counts;
    });
    expect(status).toMatchObject({succeeded: 1});
    const pods = (await api.call('GET', '/pods?labelSelector=job-name=by-hand')).body.items ?? [];
    const log = await api.call('GET', `/pods/${pods[0]?.metadata?.name ?? ''}/log`);
    expect(log.text).toBe('pruned 3 events, the log begins at 4\n');
    expect(numbersOf(await ground.list())).toEqual([4, 5, 6]);
  });
});
