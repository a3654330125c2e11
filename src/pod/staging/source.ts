import {createHash} from 'node:crypto';
import {readFileSync} from 'node:fs';
import {posix} from 'node:path';
import type {Entry, Plan} from './entry.ts';

/** An overlay or a file of this machine that goes into the pod, and which version of it. */
export interface StagedSource {
  /** On this machine. */
  readonly source: string;
  /** In the pod. */
  readonly target: string;
  /** Of the names, modes and contents of all that comes from it; absent for much data. */
  readonly sha256?: string;
}

/** Overlays are skills, prompts and settings; what has more bytes is not read twice in every start. */
const LARGEST_BYTES = 16 * 2 ** 20;

/** Notes a source, of which these entries and so many bytes come. */
export function stagedSource(
  {source, target}: {source: string; target: string},
  {entries, bytes}: {entries: Plan; bytes: number},
): StagedSource {
  if (bytes > LARGEST_BYTES) return {source, target};
  const hash = createHash('sha256');
  const inOrder = [...entries].sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [path, entry] of inOrder) {
    const content = contentOf(entry);
    const head = [posix.relative(target, path), entry.kind, modeOf(entry), content.length];
    hash.update(`${JSON.stringify(head)}\n`).update(content);
  }
  return {source, target, sha256: hash.digest('hex')};
}

const modeOf = (entry: Entry) => (entry.kind === 'link' ? 0 : entry.mode);

function contentOf(entry: Entry): Buffer {
  if (entry.kind === 'text') return entry.content;
  if (entry.kind === 'link') return Buffer.from(entry.target);
  if (entry.kind === 'directory') return Buffer.alloc(0);
  try {
    return readFileSync(entry.source);
  } catch (error) {
    // It is read once more on its way into the pod, and warned of there.
    return Buffer.from(String(error));
  }
}
