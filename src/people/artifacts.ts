import {text, type Reply} from '../cli/operation.ts';
import {visible} from '../cli/visible.ts';
import {SessionAbsentError, UsageError} from '../errors.ts';
import {openCluster} from '../kube/open-cluster.ts';
import type {Cluster, Pod} from '../kube/cluster.ts';
import {findPod} from '../pod/find.ts';
import {checkedSession} from '../pod/names.ts';
import type {Catalogue} from '../run/artifact-catalogue.ts';
import {listArtifacts, openContainer} from '../run/artifacts.ts';
import {lastRunOf} from '../run/last-run.ts';
import {absentSession} from './absent-session.ts';
import {valueOf, type PeopleCall} from './command.ts';
import {counted} from './counted.ts';
import {asJsonOrYaml} from './format.ts';
import {table} from './table.ts';

const MIB = 2 ** 20;

export async function run(call: PeopleCall): Promise<Reply> {
  const [name, directory] = call.args;
  const file = valueOf(call.options, 'archive');
  if (file !== undefined && directory !== undefined) {
    throw new UsageError('--archive and a directory exclude each other; give one of them');
  }
  const session = checkedSession(name);
  const cluster = await openCluster('gc-k8s', call);
  const pod = await findPod(cluster, session);
  if (!pod) return recordedArtifacts(call, cluster, session);
  if (file !== undefined) return archived(call, file, cluster, pod);
  if (directory === undefined) {
    const found = await listArtifacts(cluster, pod);
    if (found.artifacts.length > 0 && openContainer(pod) === undefined) {
      call.warn(`the files of pod ${pod.metadata.name} are gone: its containers have ended`);
    }
    return text((await asJsonOrYaml({version: 1, ...found}, call.options)) ?? asTable(found));
  }
  const {fetchArtifacts} = await import('../run/fetch-artifacts.ts');
  const {isTTY} = call.streams.output;
  const found = await fetchArtifacts(cluster, pod, {
    directory,
    onProgress: ({files, ofFiles, bytes, ofBytes}) => {
      if (!isTTY) return;
      const share = `${(bytes / MIB).toFixed(1)} of ${(ofBytes / MIB).toFixed(1)} MiB`;
      void call.print(`\r${files} of ${ofFiles} files, ${share}\u001b[K`);
    },
  });
  if (isTTY) await call.print('\r\u001b[K');
  for (const error of found.errors) call.warn(error);
  const printed = await asJsonOrYaml({version: 1, directory, ...found}, call.options);
  return text(
    printed ?? `${counted(found.artifacts.length, 'artifact')} of "${session}" in ${directory}\n`,
  );
}

async function archived(
  call: PeopleCall,
  file: string,
  cluster: Cluster,
  pod: Pod,
): Promise<Reply> {
  const {archiveArtifacts} = await import('../run/archive-artifacts.ts');
  const found = await archiveArtifacts(cluster, pod, file);
  for (const error of found.errors) call.warn(error);
  const printed = await asJsonOrYaml({version: 1, archive: file, ...found}, call.options);
  return text(printed ?? `${counted(found.artifacts.length, 'artifact')} in ${file}\n`);
}

/** The artifacts listed in the record of a run without a pod. Raises without a record, and when a copy is wanted. */
async function recordedArtifacts(
  call: PeopleCall,
  cluster: Cluster,
  session: string,
): Promise<Reply> {
  const last = await lastRunOf(cluster, session);
  if (last === undefined) throw absentSession([session], cluster.namespace);
  if (call.args[1] !== undefined || call.options.archive !== undefined) {
    throw new SessionAbsentError(
      `the pod of "${session}" is gone, and its artifacts with it; GC_K8S_ARTIFACTS_KEEP sets how long they can be fetched after an end`,
    );
  }
  call.warn(`the pod of "${session}" is gone, and its artifacts with it; its record lists them`);
  const {artifacts = [], artifactErrors: errors = []} = last;
  const found = {artifacts, errors};
  return text((await asJsonOrYaml({version: 1, ...found}, call.options)) ?? asTable(found));
}

function asTable({artifacts, errors}: Catalogue): string {
  const rows = artifacts.map(({path, size, mode, sha256}) => [path, String(size), mode, sha256]);
  const refused = errors.map(error => `refused: ${visible(error)}\n`).join('');
  if (rows.length === 0) return refused === '' ? 'no artifacts\n' : refused;
  return table(['PATH', 'BYTES', 'MODE', 'SHA256'], rows) + refused;
}
