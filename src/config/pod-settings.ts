import {SettingsError} from '../errors.ts';
import {quantity} from './quantity.ts';
import {readSetting, type Setting, type SettingValue} from './settings.ts';
import {
  absolutePath,
  jsonArray,
  jsonObject,
  names,
  port,
  subdomain,
  subdomains,
  uid,
  yesOrNo,
} from './pod-values.ts';
import {asIs, oneOf} from './values.ts';

/**
 * The settings of agents' pods. Apart from the others because only what makes or describes a pod
 * needs them, and most calls of the executables that gc calls do neither.
 */
export const POD_SETTINGS = {
  image: {
    variable: 'GC_K8S_IMAGE',
    meaning: 'image of the agents; required by `start` and `provision`',
    parse: asIs,
  },
  cpuRequest: {
    variable: 'GC_K8S_CPU_REQUEST',
    fallback: '500m',
    meaning: 'CPU request of an agent',
    parse: quantity,
  },
  memoryRequest: {
    variable: 'GC_K8S_MEM_REQUEST',
    fallback: '1Gi',
    meaning: 'memory request of an agent',
    parse: quantity,
  },
  cpuLimit: {
    variable: 'GC_K8S_CPU_LIMIT',
    fallback: '2',
    meaning: 'CPU limit of an agent',
    parse: quantity,
  },
  memoryLimit: {
    variable: 'GC_K8S_MEM_LIMIT',
    fallback: '4Gi',
    meaning: 'memory limit of an agent',
    parse: quantity,
  },
  storageRequest: {
    variable: 'GC_K8S_STORAGE_REQUEST',
    meaning:
      'ephemeral storage request of an agent (workspace, logs, /tmp); unset: none, or equal to the limit',
    parse: quantity,
  },
  storageLimit: {
    variable: 'GC_K8S_STORAGE_LIMIT',
    meaning:
      'ephemeral storage limit of an agent; the kubelet evicts an agent that exceeds it; unset: no limit',
    parse: quantity,
  },
  doltHost: {
    variable: 'GC_K8S_DOLT_HOST',
    meaning:
      "Dolt's host for agents whose start JSON names only a port; unset: `dolt.<namespace>.svc.cluster.local`",
    parse: asIs,
  },
  doltPort: {
    variable: 'GC_K8S_DOLT_PORT',
    fallback: '3307',
    meaning: "Dolt's port for agents whose start JSON names only a port",
    parse: port,
  },
  serviceAccount: {
    variable: 'GC_K8S_SERVICE_ACCOUNT',
    meaning:
      "service account of the agents; its token is mounted unless the account disables that; unset: the namespace's `default`, without a token",
    parse: asIs,
  },
  agentKubeconfigSecret: {
    variable: 'GC_K8S_AGENT_KUBECONFIG_SECRET',
    meaning:
      'Secret whose key `config` is a kubeconfig for the agents, mounted read-only, with KUBECONFIG pointing at it; unset: none',
    parse: subdomain,
  },
  envFromSecrets: {
    variable: 'GC_K8S_ENV_FROM_SECRET',
    meaning:
      'comma-separated names of Secrets whose keys become environment variables of the agents',
    parse: subdomains,
  },
  readOnly: {
    variable: 'GC_K8S_READ_ONLY',
    fallback: 'false',
    meaning: 'set CLAUDE_READ_ONLY_MODE=true for the agents',
    parse: yesOrNo,
  },
  prebaked: {
    variable: 'GC_K8S_PREBAKED',
    fallback: 'false',
    meaning: 'the image already contains the workspace; nothing is staged',
    parse: yesOrNo,
  },
  nodeSelector: {
    variable: 'GC_K8S_NODE_SELECTOR',
    meaning: 'JSON object, as in a pod spec',
    parse: jsonObject,
  },
  tolerations: {
    variable: 'GC_K8S_TOLERATIONS',
    meaning: 'JSON array, as in a pod spec',
    parse: jsonArray,
  },
  affinity: {
    variable: 'GC_K8S_AFFINITY',
    meaning: 'JSON object, as in a pod spec',
    parse: jsonObject,
  },
  priorityClassName: {
    variable: 'GC_K8S_PRIORITY_CLASS_NAME',
    meaning: 'priority class of the agents',
    parse: asIs,
  },
  runtimeClassName: {
    variable: 'GC_K8S_RUNTIME_CLASS_NAME',
    meaning: 'runtime class of the agents (gVisor, Kata)',
    parse: asIs,
  },
  imagePullPolicy: {
    variable: 'GC_K8S_IMAGE_PULL_POLICY',
    meaning: "`Always`, `IfNotPresent` or `Never`; unset: Kubernetes' default for the tag",
    parse: oneOf('Always', 'IfNotPresent', 'Never'),
  },
  imagePullSecrets: {
    variable: 'GC_K8S_IMAGE_PULL_SECRETS',
    meaning: 'comma-separated names of image pull secrets',
    parse: names,
  },
  podSecurity: {
    variable: 'GC_K8S_POD_SECURITY',
    fallback: 'baseline',
    meaning:
      '`baseline`: no privilege escalation, seccomp RuntimeDefault, the user of the image. `restricted`: also runAsNonRoot and no capabilities',
    parse: oneOf('baseline', 'restricted'),
  },
  runAsUser: {
    variable: 'GC_K8S_RUN_AS_USER',
    meaning: "numeric uid of the agents; unset: the image's user",
    parse: uid,
  },
  workspacePvc: {
    variable: 'GC_K8S_WORKSPACE_PVC',
    meaning: 'claim for the workspace, which then outlives the pod; unset: an emptyDir',
    parse: asIs,
  },
  workspaceSize: {
    variable: 'GC_K8S_WORKSPACE_SIZE',
    meaning:
      'size limit of the workspace of an agent if it is an emptyDir; the kubelet evicts an agent that exceeds it; unset: no limit',
    parse: quantity,
  },
  workspaceRoot: {
    variable: 'GC_K8S_WORKSPACE_ROOT',
    fallback: '/workspace',
    meaning: "second mount path of the claim's volume, in addition to `/workspace`",
    parse: absolutePath,
  },
  warmRelaunch: {
    variable: 'GC_K8S_WARM_RELAUNCH',
    fallback: 'false',
    meaning: 'declare `proc.provision`: gc starts agents in warm pods itself',
    parse: yesOrNo,
  },
  imageHasTooling: {
    variable: 'GC_K8S_IMAGE_HAS_TOOLING',
    fallback: 'false',
    meaning: 'declare `env.tooling`: the image has gc, bd and git',
    parse: yesOrNo,
  },
  stageLimit: {
    variable: 'GC_K8S_STAGE_LIMIT',
    fallback: '2Gi',
    meaning: 'maximum number of bytes that `start` copies into a pod',
    parse: quantity,
  },
  mailHost: {
    variable: 'GC_K8S_MCP_MAIL_HOST',
    meaning: 'host of the MCP mail service; unset: no mail variables in the pods',
    parse: asIs,
  },
  mailPort: {
    variable: 'GC_K8S_MCP_MAIL_PORT',
    fallback: '8765',
    meaning: 'port of the MCP mail service',
    parse: port,
  },
  podTemplate: {
    variable: 'GC_K8S_POD_TEMPLATE',
    meaning:
      'path of a pod template (YAML), or the template itself as JSON; the generated pod is merged over it, containers by name',
    parse: asIs,
  },
} as const satisfies Record<string, Setting<unknown>>;

export type PodSettingName = keyof typeof POD_SETTINGS;

/** The value of one of them; raises a SettingsError that names the variable and its value. */
export function podSetting<N extends PodSettingName>(
  env: NodeJS.ProcessEnv,
  name: N,
): SettingValue<(typeof POD_SETTINGS)[N]> {
  return readSetting(env, POD_SETTINGS[name]);
}

export type PodSettings = {
  readonly [N in PodSettingName]: SettingValue<(typeof POD_SETTINGS)[N]>;
};

/** All of them, each checked; request against limit too. For `start`, which must know before it creates. */
export function podSettings(env: NodeJS.ProcessEnv): PodSettings {
  const all = Object.keys(POD_SETTINGS) as PodSettingName[];
  const settings = Object.fromEntries(
    all.map(name => [name, podSetting(env, name)]),
  ) as PodSettings;
  requestWithinLimit(settings, 'cpuRequest', 'cpuLimit');
  requestWithinLimit(settings, 'memoryRequest', 'memoryLimit');
  requestWithinLimit(settings, 'storageRequest', 'storageLimit');
  return settings;
}

type QuantityName = `${'cpu' | 'memory' | 'storage'}${'Request' | 'Limit'}`;
function requestWithinLimit(
  settings: PodSettings,
  request: QuantityName,
  limit: QuantityName,
): void {
  const [requested, limited] = [settings[request], settings[limit]];
  if (requested === undefined || limited === undefined || requested.value <= limited.value) return;
  throw new SettingsError(
    `${POD_SETTINGS[request].variable}=${requested.text} is more than ${POD_SETTINGS[limit].variable}=${limited.text}; lower the request or raise the limit`,
  );
}
