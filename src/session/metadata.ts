import {randomBytes} from 'node:crypto';
import type {KubeError} from '../errors.ts';
import {isKubeFailure, PodCommandError} from '../errors.ts';
import type {Cluster, JsonPatchOperation, Pod} from '../kube/cluster.ts';
import {absentAsUndefined} from '../kube/resources.ts';
import {SESSION_ANNOTATION} from '../pod/labels.ts';
import {findPod} from '../pod/find.ts';
import {metaAnnotations, metaEntries, metaValue, tmuxHolds, type MetaKey} from '../pod/meta.ts';
import {podNames} from '../pod/names.ts';
import {sessionState} from '../pod/state.ts';
import {runInSession, succeedInSession, type Script} from '../tmux/in-session.ts';
import type {SessionPlace} from '../tmux/session-place.ts';
import getMetaScript from '../tmux/scripts/get-meta.sh';
import removeMetaScript from '../tmux/scripts/remove-meta.sh';
import setMetaScript from '../tmux/scripts/set-meta.sh';

/** Exit code of get-meta.sh for a value that is only in the annotation, because tmux cannot hold it. */
const ANNOTATED = 94;

/** Keeps a value for as long as the pod exists: in its annotations and in the environment of its tmux session. */
export async function setMeta(place: SessionPlace, key: MetaKey, value: Buffer): Promise<void> {
  await changeBoth(place, metaAnnotations(key, value), setScript(key, value));
}

/** Gives a new tmux session what was set before its container took an exec: it is in the annotations alone. */
export async function adoptMeta(
  place: SessionPlace,
  annotations: Readonly<Record<string, string>> | undefined,
): Promise<void> {
  for (const {key, value} of metaEntries(annotations)) {
    await succeedInSession(place, setScript(key, value));
  }
}

function setScript(key: MetaKey, value: Buffer): Script {
  const isHeld = tmuxHolds(key, value);
  const end = isHeld ? `end ${randomBytes(8).toString('hex')}` : '';
  return {
    text: setMetaScript,
    args: [end, key.name, tmuxName(key)],
    ...(isHeld ? {stdin: Buffer.concat([value, Buffer.from(end)])} : {}),
    again: 'safe',
  };
}

/** Removes a value from both places. */
export async function removeMeta(place: SessionPlace, key: MetaKey): Promise<void> {
  const names = [key.textAnnotation, key.base64Annotation, key.keyAnnotation];
  const gone = names.filter(name => name !== undefined).map(name => [name, null] as const);
  await changeBoth(place, Object.fromEntries(gone), {
    text: removeMetaScript,
    args: [key.name, tmuxName(key)],
    again: 'safe',
  });
}

/**
 * Sets the annotations while the script, which takes longer, runs in the pod. The session's pods are rarely
 * two: then those of the one that the script found alive are set as well.
 */
async function changeBoth(
  place: SessionPlace,
  annotations: Annotations,
  script: Script,
): Promise<void> {
  const {promise: accepted, resolve: onAccepted} = settleable();
  const ran = succeedInSession(place, {...script, onAccepted}).then(result => {
    onAccepted();
    return result;
  });
  const [result, annotated] = await Promise.all([
    ran,
    accepted.then(() => annotate(place, annotations)),
  ]);
  if (result === undefined || annotated.includes(result.pod)) return;
  if (await annotatePod(place, result.pod, annotations)) return;
  const pod = await absentAsUndefined(place.cluster.pods.get(result.pod));
  await annotateUnannotated(place.cluster, pod, annotations);
}

function settleable(): {promise: Promise<void>; resolve: () => void} {
  let resolve = (): void => undefined;
  const promise = new Promise<void>(done => (resolve = done));
  return {promise, resolve};
}

/** The value in tmux, where the agent may have changed it; from the annotation when there is no tmux session. */
export async function getMeta(place: SessionPlace, key: MetaKey): Promise<Buffer | undefined> {
  const script = {text: getMetaScript, args: [key.name, tmuxName(key)], again: 'safe'} as const;
  const result = await runInSession(place, script);
  if (result?.exitCode === 0) return result.stdout;
  if (result !== undefined && result.exitCode !== ANNOTATED) {
    throw new PodCommandError(
      `tmux in the pod of session "${place.session}": ${result.stderr.toString().trim()}`,
    );
  }
  const pod =
    result === undefined
      ? await findPod(place.cluster, place.session)
      : await absentAsUndefined(place.cluster.pods.get(result.pod));
  return metaValue(key, pod?.metadata.annotations);
}

/** tmux takes an argument's last ";" for the end of its command. */
function tmuxName({key}: MetaKey): string {
  return key.endsWith(';') ? `${key.slice(0, -1)}\\;` : key;
}

/** What to set; null removes. */
type Annotations = Readonly<Record<string, string | null>>;

/**
 * Sets annotations on the session's pod and no other, on those before it that are on their way out as well;
 * nothing when there is none. Gives the names of these pods.
 */
async function annotate(place: SessionPlace, annotations: Annotations): Promise<string[]> {
  const annotated: string[] = [];
  for (const name of podNames(place.session)) {
    const pod = await annotatePod(place, name, annotations);
    if (pod) annotated.push(name);
    if (pod && sessionState(pod) !== 'ended') return annotated;
  }
  if (annotated.length > 0) return annotated;
  const found = await findPod(place.cluster, place.session);
  await annotateUnannotated(place.cluster, found, annotations);
  return found ? [found.metadata.name] : [];
}

/** Undefined when the pod is missing, or its annotation does not say that it is the session's. */
async function annotatePod(
  {cluster, session}: SessionPlace,
  name: string,
  annotations: Annotations,
): Promise<Pod | undefined> {
  const changes = Object.entries(annotations).flatMap(([key, value]) => change(key, value));
  const isSessions: JsonPatchOperation = {
    op: 'test',
    path: annotationPath(SESSION_ANNOTATION),
    value: session,
  };
  try {
    return await cluster.pods.patch(name, {
      type: 'json',
      operations: [isSessions, ...changes],
      idempotent: true,
    });
  } catch (error) {
    // A failed test of the annotation is `invalid`: this pod is another session's.
    const isOther = isKubeFailure(error, 'notFound', 'invalid') && !isAnnotationLimit(error);
    if (!isOther) throw error;
    return undefined;
  }
}

/** The same for a pod without a session annotation, such as one made by hand with labels alone. */
async function annotateUnannotated(
  cluster: Cluster,
  pod: Pod | undefined,
  annotations: Annotations,
): Promise<void> {
  if (!pod) return;
  const {name, uid} = pod.metadata;
  try {
    await cluster.pods.patch(name, {type: 'merge', body: {metadata: {uid, annotations}}});
  } catch (error) {
    // It went, or was replaced, meanwhile.
    if (!isKubeFailure(error, 'notFound', 'conflict')) throw error;
  }
}

/** The patch for one annotation. Removing one that is missing would fail the patch, so it is added before. */
function change(name: string, value: string | null): JsonPatchOperation[] {
  const path = annotationPath(name);
  const add: JsonPatchOperation = {op: 'add', path, value: value ?? ''};
  return value === null ? [add, {op: 'remove', path}] : [add];
}

/** RFC 6901: "/" in a name is written "~1". */
function annotationPath(name: string): string {
  return `/metadata/annotations/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

/** All annotations of a pod together may take 256 KiB (apimachinery, `ValidateAnnotationsSize`). */
function isAnnotationLimit({detail}: KubeError): boolean {
  return /Too long|may not be more than/i.test(detail);
}
