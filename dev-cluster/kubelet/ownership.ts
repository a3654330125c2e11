import {chmodSync, chownSync, lstatSync, readdirSync} from 'node:fs';
import {join} from 'node:path';
import {numberAt} from '../json.ts';
import type {ApiObject} from '../store/object.ts';

/**
 * Gives the pod's fsGroup access to a volume, as the kubelet does: the group owns all of it and may read.
 * Does nothing without root, where a single user owns all files anyway.
 */
export function giveToGroup(pod: ApiObject, directory: string): void {
  const group = numberAt(pod, 'spec', 'securityContext', 'fsGroup');
  if (group === undefined || process.getuid?.() !== 0) return;
  own(directory, group);
}

function own(path: string, group: number): void {
  const {mode, uid} = lstatSync(path);
  chownSync(path, uid, group);
  chmodSync(path, (mode & 0o7777) | 0o2550);
  for (const entry of readdirSync(path, {withFileTypes: true})) {
    const below = join(path, entry.name);
    if (entry.isDirectory()) own(below, group);
    else if (entry.isFile()) {
      const file = lstatSync(below);
      chownSync(below, file.uid, group);
      chmodSync(below, (file.mode & 0o7777) | 0o440);
    }
  }
}
