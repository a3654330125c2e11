import {readFile} from 'node:fs/promises';
import {text, type Reply} from '../cli/operation.ts';
import {setting} from '../config/settings.ts';
import {messageOf, UsageError} from '../errors.ts';
import type {Cluster} from '../kube/cluster.ts';
import {checkedSession, podName} from '../pod/names.ts';
import {prepare} from '../session/start/prepare.ts';
import {isSet, type PeopleCall} from './command.ts';
import {asJsonOrYaml} from './format.ts';

/** Prints the pod for a start JSON. Raises the same errors as `start`. */
export async function run(call: PeopleCall): Promise<Reply> {
  const [name, file] = call.args;
  const session = checkedSession(name);
  if (file === undefined && call.streams.input.isTTY) {
    throw new UsageError(
      'the start JSON is read from stdin or from a file: `manifest <session> <file>`',
    );
  }
  const readInput = file === undefined ? call.readInput : () => startJson(file);
  const cluster = nowhere(setting(call.env, 'namespace'));
  const mode = isSet(call.options, 'provision') ? 'provision' : 'start';
  const context = await prepare({...call, session, args: [], cluster, readInput}, mode);
  for (const warning of context.plan.warnings) call.warn(warning);
  const pod = context.manifest(podName(session));
  const isJson = isSet(call.options, 'json') || call.options.output === 'json';
  return text((await asJsonOrYaml(pod, {output: isJson ? 'json' : 'yaml'})) ?? '');
}

async function startJson(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (error) {
    const why = messageOf(error);
    throw new UsageError(`the start JSON cannot be read: ${why}; name a file that can`, {
      cause: error,
    });
  }
}

/** A stand-in with a namespace only: using it as a cluster is a bug. */
function nowhere(namespace: string): Cluster {
  const place = {namespace};
  return new Proxy(place as Cluster, {
    get: (target, name) => {
      if (name === 'namespace') return target.namespace;
      throw new Error(`manifest asks the cluster for ${String(name)}`);
    },
  });
}
