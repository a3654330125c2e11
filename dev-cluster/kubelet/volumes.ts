import {chmodSync, existsSync, mkdirSync, realpathSync} from 'node:fs';
import {join} from 'node:path';
import type {JsonObject} from '../json.ts';
import {numberAt, objectAt, objectsAt, stringAt} from '../json.ts';
import type {Mount} from '../sandbox/system-mounts.ts';
import type {StateDirectory} from '../sandbox/state-directory.ts';
import type {ApiObject} from '../store/object.ts';
import type {Store} from '../store/store.ts';
import {configData} from './config-data.ts';
import {expanded} from './expansion.ts';
import {fieldOf} from './fields.ts';
import {giveToGroup} from './ownership.ts';
import type {Projection} from './projection.ts';
import {projected, writeProjection} from './projection.ts';

/** A volume cannot be created; the pod waits, and an event says why. */
export class MountError extends Error {
  readonly volume: string;

  constructor(volume: string, message: string) {
    super(message);
    this.volume = volume;
  }
}

/** What volumes are made from. */
export interface VolumeSources {
  readonly store: Store;
  readonly state: StateDirectory;
  readonly pod: ApiObject;
  readonly podIP: string;
}

/** Creates or updates every volume of a pod; returns their directories by name. Raises MountError. */
export function makeVolumes(sources: VolumeSources): ReadonlyMap<string, string> {
  const {pod, state} = sources;
  return new Map(
    objectsAt(pod, 'spec', 'volumes').map(volume => {
      const name = stringAt(volume, 'name') ?? '';
      const claim = stringAt(volume, 'persistentVolumeClaim', 'claimName');
      if (claim !== undefined) return [name, claimDirectory(sources, name, claim)];
      const directory = state.directory('pods', pod.metadata.uid ?? '', 'volumes', name);
      const files = filesOf(sources, name, volume);
      if (files !== undefined) writeProjection(directory, files);
      // A kubelet keeps all other kinds on a tmpfs, which has the sticky bit.
      const isOnDisk = volume.emptyDir !== undefined || volume.configMap !== undefined;
      chmodSync(directory, isOnDisk ? 0o777 : 0o1777);
      giveToGroup(pod, directory);
      return [name, directory];
    }),
  );
}

/** Undefined for a volume that starts empty. */
function filesOf(
  sources: VolumeSources,
  name: string,
  volume: JsonObject,
): readonly Projection[] | undefined {
  if (volume.emptyDir !== undefined) return undefined;
  if (volume.secret !== undefined) {
    const secret = objectAt(volume, 'secret');
    const source = {secret: {...secret, name: stringAt(secret, 'secretName')}};
    return sourceFiles(sources, name, source, numberAt(secret, 'defaultMode'));
  }
  if (volume.configMap !== undefined || volume.downwardAPI !== undefined) {
    const mode =
      numberAt(volume, 'configMap', 'defaultMode') ??
      numberAt(volume, 'downwardAPI', 'defaultMode');
    return sourceFiles(sources, name, volume, mode);
  }
  if (volume.projected !== undefined) {
    const mode = numberAt(volume, 'projected', 'defaultMode');
    return objectsAt(volume, 'projected', 'sources').flatMap(source =>
      sourceFiles(sources, name, source, mode),
    );
  }
  const kind = Object.keys(volume).find(key => key !== 'name') ?? 'unknown';
  throw new MountError(name, `volumes of the kind ${kind} are not offered by gc-dev-cluster`);
}

function sourceFiles(
  sources: VolumeSources,
  volume: string,
  source: JsonObject,
  mode = 0o644,
): readonly Projection[] {
  const {store, pod, podIP} = sources;
  if (source.downwardAPI !== undefined) {
    return objectsAt(source, 'downwardAPI', 'items').map(item => ({
      path: stringAt(item, 'path') ?? '',
      content: Buffer.from(fieldOf(pod, {from: item, podIP})),
      mode: numberAt(item, 'mode') ?? mode,
    }));
  }
  const kind = source.secret === undefined ? 'configmaps' : 'secrets';
  const reference = objectAt(source, kind === 'secrets' ? 'secret' : 'configMap');
  const name = stringAt(reference, 'name') ?? '';
  const namespace = pod.metadata.namespace ?? '';
  const data = configData(store, kind, namespace, name);
  const isOptional = reference.optional === true;
  if (data === undefined) {
    if (isOptional) return [];
    const word = kind === 'secrets' ? 'secret' : 'configmap';
    throw new MountError(volume, `${word} ${JSON.stringify(name)} not found`);
  }
  const missing = (key: string): MountError =>
    new MountError(
      volume,
      `references non-existent ${kind === 'secrets' ? 'secret' : 'config'} key: ${key}`,
    );
  return projected(data, {items: objectsAt(reference, 'items'), mode, isOptional, missing});
}

/** One directory per claim, for the lifetime of the cluster. */
function claimDirectory({store, state, pod}: VolumeSources, volume: string, claim: string): string {
  const namespace = pod.metadata.namespace ?? '';
  if (store.get('persistentvolumeclaims', namespace, claim) === undefined) {
    throw new MountError(volume, `persistentvolumeclaim ${JSON.stringify(claim)} not found`);
  }
  return state.directory('claims', namespace, claim);
}

/** The mounts of a container. Raises MountError for a subPath that leads out of its volume. */
export function mountsOf(
  container: JsonObject,
  volumes: ReadonlyMap<string, string>,
  variables: Readonly<Record<string, string>>,
): Mount[] {
  return objectsAt(container, 'volumeMounts').map(mount => {
    const name = stringAt(mount, 'name') ?? '';
    const directory = volumes.get(name);
    if (directory === undefined) throw new MountError(name, 'there is no such volume');
    const below =
      stringAt(mount, 'subPath') ?? expanded(stringAt(mount, 'subPathExpr') ?? '', variables);
    return {
      source: below === '' ? directory : subPath(name, directory, below),
      target: stringAt(mount, 'mountPath') ?? '',
      readOnly: mount.readOnly === true,
    };
  });
}

function subPath(volume: string, directory: string, below: string): string {
  const path = join(directory, below);
  if (!existsSync(path)) mkdirSync(path, {recursive: true});
  const [real, root] = [realpathSync(path), realpathSync(directory)];
  if (real === root || real.startsWith(`${root}/`)) return real;
  throw new MountError(volume, `subPath ${JSON.stringify(below)} leads out of the volume`);
}
