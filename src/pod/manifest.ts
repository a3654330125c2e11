import type {V1Container, V1Pod, V1PodSpec} from '@kubernetes/client-node';
import type {PodSettings} from '../config/pod-settings.ts';
import type {TraceContext} from '../config/trace-context.ts';
import {agentLabel, type PodEnvironment} from './environment.ts';
import {AGENT_CONTAINER, ANNOTATION, APP, LABEL, SESSION_ANNOTATION} from './labels.ts';
import {environment} from './manifest/environment.ts';
import {HOLD_PIPE, keeper} from './manifest/keeper.ts';
import {startupProbe} from './manifest/readiness.ts';
import {agentResources} from './manifest/resources.ts';
import {containerSecurity, podSecurity} from './manifest/security.ts';
import {kubeconfigVariable, passwdAnnotation, volumeMounts, volumes} from './manifest/volumes.ts';
import {labelForm} from './names.ts';
import {WORKSPACE, type PathMap} from './paths.ts';
import {activeDeadline, type RunPolicy} from './run-policy.ts';
import entrypoint from './scripts/entrypoint.sh';
import {GRACE_SECONDS} from './delete.ts';

export interface ManifestRequest {
  readonly session: string;
  readonly name: string;
  readonly namespace: string;
  readonly image: string;
  /** The id of this `start`, by which it recognises the pod it created. */
  readonly startId: string;
  readonly payload: Readonly<Record<string, string>>;
  readonly environment: PodEnvironment;
  readonly paths: PathMap;
  readonly settings: PodSettings;
  readonly policy: RunPolicy;
  readonly trace?: TraceContext | undefined;
}

/** Names the container that `kubectl logs` and `kubectl exec` take by default. */
const DEFAULT_CONTAINER = 'kubectl.kubernetes.io/default-container';

/** The manifest of an agent's pod; a pure function of the request. */
export function podManifest(request: ManifestRequest): V1Pod & {metadata: {name: string}} {
  const {session, settings, policy, trace} = request;
  const {retention} = policy;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: request.name,
      namespace: request.namespace,
      labels: {
        [LABEL.app]: APP,
        [LABEL.session]: labelForm(session),
        [LABEL.agent]: agentLabel(request.payload),
      },
      annotations: {
        [SESSION_ANNOTATION]: session,
        [ANNOTATION.start]: request.startId,
        ...(retention === undefined ? {} : {[ANNOTATION.retention]: retention}),
        ...(policy.artifactsKeep > 0 ? {[DEFAULT_CONTAINER]: AGENT_CONTAINER} : {}),
        ...(trace === undefined ? {} : {[ANNOTATION.trace]: trace.traceparent}),
        ...passwdAnnotation(settings),
      },
    },
    spec: podSpec(request),
  };
}

function podSpec(request: ManifestRequest): V1PodSpec {
  const {settings, policy} = request;
  const activeDeadlineSeconds = activeDeadline(policy);
  return {
    restartPolicy: 'Never',
    terminationGracePeriodSeconds: GRACE_SECONDS,
    ...(activeDeadlineSeconds === undefined ? {} : {activeDeadlineSeconds}),
    // Agents run what a model tells them: they get no token for the cluster, unless the settings name an
    // account, which then decides itself whether its token is mounted.
    ...(settings.serviceAccount === undefined ? {automountServiceAccountToken: false} : {}),
    enableServiceLinks: false,
    securityContext: podSecurity(settings),
    containers: [agentContainer(request), ...keepers(request)],
    volumes: volumes(settings),
    ...scheduling(settings),
  };
}

function agentContainer(request: ManifestRequest): V1Container {
  const {settings} = request;
  const {envFromSecrets} = settings;
  return {
    name: AGENT_CONTAINER,
    image: request.image,
    ...(settings.imagePullPolicy ? {imagePullPolicy: settings.imagePullPolicy} : {}),
    // A work directory may not exist yet when the container starts: it is entered later.
    workingDir: WORKSPACE,
    command: [
      'sh',
      '-c',
      literal(request.policy.artifactsKeep > 0 ? HOLD_PIPE + entrypoint : entrypoint),
    ],
    env: environment({...request.environment.open, ...variablesOf(settings)}, literal),
    ...(envFromSecrets === undefined
      ? {}
      : {envFrom: envFromSecrets.map(name => ({secretRef: {name}}))}),
    resources: agentResources(settings),
    startupProbe,
    securityContext: containerSecurity(settings),
    volumeMounts: volumeMounts(settings, request.paths),
  };
}

function variablesOf(settings: PodSettings): Record<string, string> {
  return {
    ...kubeconfigVariable(settings),
    ...(settings.readOnly ? {CLAUDE_READ_ONLY_MODE: 'true'} : {}),
  };
}

function keepers({image, settings, policy: {artifactsKeep: seconds}}: ManifestRequest) {
  return seconds > 0 ? [keeper(image, settings, {seconds, literal})] : [];
}

function scheduling(settings: PodSettings): Partial<V1PodSpec> {
  const {nodeSelector, tolerations, affinity} = settings;
  return {
    ...(settings.serviceAccount ? {serviceAccountName: settings.serviceAccount} : {}),
    ...(settings.priorityClassName ? {priorityClassName: settings.priorityClassName} : {}),
    ...(settings.runtimeClassName ? {runtimeClassName: settings.runtimeClassName} : {}),
    ...(settings.imagePullSecrets
      ? {imagePullSecrets: settings.imagePullSecrets.map(name => ({name}))}
      : {}),
    ...(nodeSelector ? {nodeSelector: nodeSelector as Record<string, string>} : {}),
    ...(tolerations ? {tolerations: [...tolerations] as object[]} : {}),
    ...(affinity ? {affinity} : {}),
  };
}

/** Kubernetes expands `$(NAME)` in commands and values, and makes `$$` one dollar. */
function literal(text: string): string {
  return text.replaceAll('$', '$$$$');
}
