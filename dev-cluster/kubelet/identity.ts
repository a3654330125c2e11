import {numberAt, objectAt, stringAt, valueAt} from '../json.ts';
import type {JsonObject} from '../json.ts';
import type {Identity} from '../sandbox/sandbox.ts';
import type {ApiObject} from '../store/object.ts';
import {ConfigError} from './environment.ts';

/**
 * containerd's defaults, except those that would affect this machine: device nodes (mknod) and the network,
 * which containers share with it (net_raw).
 */
const capabilities = [
  'chown',
  'dac_override',
  'fsetid',
  'fowner',
  'setgid',
  'setuid',
  'setfcap',
  'setpcap',
  'net_bind_service',
  'sys_chroot',
  'kill',
  'audit_write',
];

/** The identity a container runs as; root unless its securityContext says otherwise. Raises ConfigError. */
export function identityOf(pod: ApiObject, container: JsonObject): Identity {
  const context = {
    ...objectAt(pod, 'spec', 'securityContext'),
    ...objectAt(container, 'securityContext'),
  };
  const uid = numberAt(context, 'runAsUser') ?? 0;
  if (uid === 0 && context.runAsNonRoot === true) {
    const image = 'container has runAsNonRoot and image will run as root';
    const name = stringAt(container, 'name') ?? '';
    const {name: podName, namespace = '', uid: id = ''} = pod.metadata;
    throw new ConfigError(`${image} (pod: "${podName}_${namespace}(${id})", container: ${name})`);
  }
  const gid = numberAt(context, 'runAsGroup') ?? 0;
  const groups = [valueAt(context, 'supplementalGroups'), [context.fsGroup]].flatMap(each =>
    Array.isArray(each) ? each.filter(one => typeof one === 'number') : [],
  );
  return {
    uid,
    gid,
    groups,
    capabilities: kept(words(context, 'drop'), words(context, 'add')),
    noNewPrivileges: context.allowPrivilegeEscalation === false,
  };
}

function words(context: JsonObject, which: 'add' | 'drop'): string[] {
  const given = valueAt(context, 'capabilities', which);
  const names = Array.isArray(given) ? given.filter(each => typeof each === 'string') : [];
  return names.map(each => each.toLowerCase().replace(/^cap_/, ''));
}

/** `add` can only keep default capabilities, never grant others. */
function kept(dropped: readonly string[], added: readonly string[]): string[] {
  return capabilities.filter(
    name => added.includes(name) || !(dropped.includes('all') || dropped.includes(name)),
  );
}
