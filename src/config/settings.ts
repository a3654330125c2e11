import {SettingsError} from '../errors.ts';
import {quantity, type Quantity} from './quantity.ts';
import {
  absolutePath,
  asIs,
  count,
  dnsLabel,
  duration,
  jsonArray,
  jsonObject,
  names,
  oneOf,
  port,
  uid,
  yesOrNo,
} from './values.ts';

/** One variable of our process's environment; the table in docs/settings.md is made from these. */
export interface Setting<T> {
  readonly variable: string;
  /** What an unset or empty variable means, as the variable's own text. */
  readonly fallback?: string;
  readonly meaning: string;
  /** Raises a SettingsError when the text is no value of this setting. */
  readonly parse: (text: string, variable: string) => T;
}

/** Every setting. An empty value counts as unset, as the shell defaults of Gas City's guide do. */
export const SETTINGS = {
  namespace: {
    variable: 'GC_K8S_NAMESPACE',
    fallback: 'gc',
    meaning: 'namespace of everything',
    parse: dnsLabel,
  },
  context: {
    variable: 'GC_K8S_CONTEXT',
    meaning:
      "kubeconfig context; unset: the kubeconfig's current one, in a pod the service account",
    parse: asIs,
  },
  image: {
    variable: 'GC_K8S_IMAGE',
    meaning: 'agent image; needed by `start` and `provision`',
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
      "service account of the agents, its token mounted unless the account itself says no; unset: the namespace's default, without a token",
    parse: asIs,
  },
  prebaked: {
    variable: 'GC_K8S_PREBAKED',
    fallback: 'false',
    meaning: 'the image already holds the workspace: nothing is staged',
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
    meaning: 'names of pull secrets, separated by commas',
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
    meaning: 'a claim for the workspace, which then outlives the pod; unset: an emptyDir',
    parse: asIs,
  },
  workspaceRoot: {
    variable: 'GC_K8S_WORKSPACE_ROOT',
    fallback: '/workspace',
    meaning: "where the claim's volume is mounted besides `/workspace`",
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
    meaning: 'most bytes that `start` copies into a pod',
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
    meaning: 'path of a pod template (YAML) merged under ours, containers by name',
    parse: asIs,
  },
  eventsKeep: {
    variable: 'GC_K8S_EVENTS_KEEP',
    fallback: '20000',
    meaning: 'so many of the newest events stay when `gc-events-prune` runs; 0: any number',
    parse: count,
  },
  eventsMaxAge: {
    variable: 'GC_K8S_EVENTS_MAX_AGE',
    fallback: '7d',
    meaning: 'events older than this (`30m`, `24h`, `7d`) go when it runs; 0: any age',
    parse: duration,
  },
  logLevel: {
    variable: 'GC_K8S_LOG_LEVEL',
    fallback: 'silent',
    meaning: '`debug`, `info`, `warn`, `error` or `silent`: JSON lines on stderr',
    parse: oneOf('debug', 'info', 'warn', 'error', 'silent'),
  },
  logFile: {
    variable: 'GC_K8S_LOG_FILE',
    meaning: 'a file that log lines are appended to, instead of stderr',
    parse: asIs,
  },
} as const satisfies Record<string, Setting<unknown>>;

export type SettingName = keyof typeof SETTINGS;

type Value<N extends SettingName> = ReturnType<(typeof SETTINGS)[N]['parse']>;

/** A setting without a fallback may be unset. */
type Optional<N extends SettingName> = (typeof SETTINGS)[N] extends {readonly fallback: string}
  ? never
  : undefined;

/** The value of one setting; raises a SettingsError that names the variable and its value. */
export function setting<N extends SettingName>(
  env: NodeJS.ProcessEnv,
  name: N,
): Value<N> | Optional<N> {
  const row: Setting<unknown> = SETTINGS[name];
  const given = env[row.variable];
  const text = given === undefined || given === '' ? row.fallback : given;
  return (text === undefined ? undefined : row.parse(text, row.variable)) as Value<N> | Optional<N>;
}

export type Settings = {readonly [N in SettingName]: Value<N> | Optional<N>};

/** All settings, each checked; request against limit too. For `start`, which must know before it creates. */
export function allSettings(env: NodeJS.ProcessEnv): Settings {
  const names = Object.keys(SETTINGS) as SettingName[];
  const settings = Object.fromEntries(names.map(name => [name, setting(env, name)])) as Settings;
  requestWithinLimit(settings, 'cpuRequest', 'cpuLimit');
  requestWithinLimit(settings, 'memoryRequest', 'memoryLimit');
  return settings;
}

type QuantityName = 'cpuRequest' | 'cpuLimit' | 'memoryRequest' | 'memoryLimit';
function requestWithinLimit(settings: Settings, request: QuantityName, limit: QuantityName): void {
  const [requested, limited]: Quantity[] = [settings[request], settings[limit]];
  if (requested === undefined || limited === undefined || requested.value <= limited.value) return;
  throw new SettingsError(
    `${SETTINGS[request].variable}=${requested.text} is more than ${SETTINGS[limit].variable}=${limited.text}; lower the request or raise the limit`,
  );
}
