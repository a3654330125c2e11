import {messageOf} from '../errors.ts';
import {copyFrom} from './copy-from.ts';
import type {SessionPlace} from '../tmux/session-place.ts';
import {Deadline} from '../time/deadline.ts';

/** How long this may take: `stop` has 30 s in all, and has yet to delete the pod. */
const COPY_MS = 15_000;

export interface TranscriptsRequest extends SessionPlace {
  readonly env: NodeJS.ProcessEnv;
  readonly warn: (text: string) => void;
}

/** Copies the session's transcripts here before its pod is deleted. A failure is only a warning. */
export async function saveTranscripts(request: TranscriptsRequest): Promise<void> {
  const {cluster, session, env, warn} = request;
  const {GC_TRANSCRIPTS_SRC: source = '', GC_TRANSCRIPTS_DEST: destination = ''} = env;
  const deadline = new Deadline(COPY_MS, {parent: request.deadline.signal});
  try {
    const place = {cluster: cluster.within(deadline), session, deadline};
    await copyFrom(place, {path: source, destination, warn});
  } catch (error) {
    request.deadline.throwIfOver();
    warn(`transcripts not saved: ${messageOf(error)}`);
  } finally {
    deadline.clear();
  }
}
