import {mkdirSync, mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {objectsAt, stringAt} from '../json.ts';
import type {DevClusterOptions} from '../options.ts';
import type {ExecCall} from './call.ts';
import type {ProcessEnvironment} from './local-process.ts';
import {killPodProcesses, podMark} from './pod-processes.ts';

/** A working directory for each pod, below a temporary one that is removed at the end. */
export class PodDirectories {
  readonly #options: DevClusterOptions;
  readonly #uids = new Set<string>();
  #root: string | undefined;

  constructor(options: DevClusterOptions) {
    this.#options = options;
  }

  of({pod, container, signal}: ExecCall): ProcessEnvironment {
    const {uid = ''} = pod.metadata;
    if (!this.#uids.has(uid)) {
      this.#uids.add(uid);
      signal.addEventListener('abort', () => killPodProcesses(uid), {once: true});
    }
    const given = this.#options.podEnvironment?.(pod) ?? {};
    const directory = given.directory ?? this.#directoryOf(uid);
    const own: Record<string, string> = {};
    for (const each of objectsAt(pod, 'spec', 'containers').filter(
      ({name}) => name === container,
    )) {
      for (const variable of objectsAt(each, 'env')) {
        own[stringAt(variable, 'name') ?? ''] = stringAt(variable, 'value') ?? '';
      }
    }
    const environment = {
      PATH: process.env.PATH ?? '',
      HOME: directory,
      TMPDIR: directory,
      HOSTNAME: pod.metadata.name,
      [podMark]: uid,
      ...own,
      ...given.environment,
    };
    return {directory, environment};
  }

  remove(): void {
    if (this.#root !== undefined) rmSync(this.#root, {recursive: true, force: true});
  }

  #directoryOf(uid: string): string {
    this.#root ??= mkdtempSync(join(tmpdir(), 'gc-dev-cluster-'));
    const directory = join(this.#root, uid);
    mkdirSync(directory, {recursive: true});
    return directory;
  }
}
