import type {ApiClient} from '../../cluster-contract/api-client.ts';
import {create, shippedManifests, type Manifest} from '../kit/manifests.ts';
import {until} from '../kit/poll.ts';

interface CronJob extends Manifest {
  readonly kind: 'CronJob';
  readonly spec: {readonly jobTemplate: {readonly spec: object}};
}

interface Place {
  readonly api: ApiClient;
  readonly namespace: string;
}

const isCronJob = (manifest: Manifest): manifest is CronJob => manifest.kind === 'CronJob';

/** Creates the objects of a file of contrib/k8s/ with this image; `changes` are texts in its JSON. */
export async function install(
  place: Place,
  file: string,
  {image, changes}: {image: string; changes: Readonly<Record<string, string>>},
): Promise<void> {
  for (const manifest of shippedManifests(file, place.namespace)) {
    let text = JSON.stringify(manifest);
    text = text.replace(/"gc-k8s-controller:[^"]*"/, JSON.stringify(image));
    for (const [from, to] of Object.entries(changes)) text = text.replace(`"${from}"`, `"${to}"`);
    await create(place, JSON.parse(text) as Manifest);
  }
}

/** As `kubectl create job by-hand --from=cronjob/NAME` does; gives how the job ended and its log. */
export async function runNow(
  place: Place,
  name: string,
): Promise<{status: {succeeded?: number; failed?: number}; log: string}> {
  const {api, namespace} = place;
  const jobs = `/apis/batch/v1/namespaces/${namespace}`;
  const {text} = await api.callAt(`${jobs}/cronjobs/${name}`, 'GET');
  const cronJob = JSON.parse(text) as Manifest;
  if (!isCronJob(cronJob)) throw new Error(`no CronJob: ${text}`);
  await create(place, {
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
  return {status, log: log.text};
}
