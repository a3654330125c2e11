import {existsSync, rmSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {execa} from 'execa';
import {lockHolder} from '../../dev-cluster/cli/lock-file.ts';
import {down} from '../../dev-cluster/cli/down.ts';
import type {ClusterLocation as ClusterPlace} from '../../dev-cluster/cli/cluster-location.ts';
import {SettingsError} from '../../src/errors.ts';
import {quoted} from '../quoted.ts';
import type {Place} from './place.ts';

const NAMESPACE = 'gc-demo';

/** A new embedded cluster for the demo; settings for other clusters in the environment are ignored. */
export function embeddedPlace(
  {cluster, executables}: {cluster: ClusterPlace; executables: string},
  env: NodeJS.ProcessEnv,
): Place {
  const program = join(executables, 'gc-dev-cluster');
  return {
    environment: {
      ...withoutSettings(env),
      KUBECONFIG: cluster.kubeconfig,
      GC_K8S_NAMESPACE: NAMESPACE,
      // No image is ever pulled there, but `start` requires one.
      GC_K8S_IMAGE: 'local',
    },
    isOnThisMachine: true,
    endCommand: `${quoted(program)} down --directory ${quoted(cluster.directory)} && rm -r ${quoted(dirname(cluster.directory))}`,
    open: async signal => {
      signal.throwIfAborted();
      const words = ['up', '--detach', '--directory', cluster.directory, '--namespace', NAMESPACE];
      // In its own process group: Ctrl-C must only reach the demo, which then stops the cluster.
      const options = {detached: true, reject: false, stdin: 'ignore'} as const;
      const {exitCode, stderr, message = ''} = await execa(program, words, options);
      if (exitCode !== 0) {
        const why = stderr.trim() || message;
        throw new SettingsError(`${why}; there the demo runs with --context NAME`);
      }
      return `embedded cluster at ${lockHolder(cluster)?.url ?? 'an unknown address'}`;
    },
    close: async () => {
      await down(cluster);
      rmSync(cluster.directory, {recursive: true, force: true});
      if (existsSync(cluster.directory))
        throw new Error(`${cluster.directory} could not be removed`);
      return 'the cluster has ended, its files are gone';
    },
  };
}

/** Drops settings that are meant for another cluster. */
function withoutSettings(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('GC_K8S_')));
}
