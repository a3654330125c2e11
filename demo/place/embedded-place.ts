import {existsSync, rmSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {execa} from 'execa';
import {holderOf} from '../../dev-cluster/cli/claim.ts';
import {down} from '../../dev-cluster/cli/down.ts';
import type {Place as ClusterPlace} from '../../dev-cluster/cli/place.ts';
import {SettingsError} from '../../src/errors.ts';
import {quoted} from '../quoted.ts';
import type {Place} from './place.ts';

const NAMESPACE = 'gc-demo';

/** An embedded cluster of the demo's own, whatever the environment says of other ones. */
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
      // Nothing is pulled there; a start wants an image all the same.
      GC_K8S_IMAGE: 'local',
    },
    isOnThisMachine: true,
    endCommand: `${quoted(program)} down --directory ${quoted(cluster.directory)} && rm -r ${quoted(dirname(cluster.directory))}`,
    open: async signal => {
      signal.throwIfAborted();
      const words = ['up', '--detach', '--directory', cluster.directory, '--namespace', NAMESPACE];
      // In a group of its own: Ctrl-C is for the demo, which ends the cluster in good order.
      const options = {detached: true, reject: false, stdin: 'ignore'} as const;
      const {exitCode, stderr, message = ''} = await execa(program, words, options);
      if (exitCode !== 0) {
        const why = stderr.trim() || message;
        throw new SettingsError(`${why}; there the demo runs with --context NAME`);
      }
      return `embedded cluster at ${holderOf(cluster)?.url ?? 'an unknown address'}`;
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

/** What is set for another cluster does not hold for this one. */
function withoutSettings(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('GC_K8S_')));
}
