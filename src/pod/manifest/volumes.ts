import type {V1Volume, V1VolumeMount} from '@kubernetes/client-node';
import type {PodSettings} from '../../config/pod-settings.ts';
import {type PathMap, RUN, WORKSPACE} from '../paths.ts';

const PASSWD = 'gc-k8s/passwd';
const HOME = '/home/agent';
const CREDENTIALS = `${RUN}-credentials/claude`;
const KUBECONFIG = {directory: `${RUN}-credentials/kubernetes`, key: 'config'};

export function volumes(settings: PodSettings): V1Volume[] {
  const {workspacePvc: claimName, workspaceSize} = settings;
  const emptyDir = workspaceSize === undefined ? {} : {sizeLimit: workspaceSize.text};
  const workspace = claimName === undefined ? {emptyDir} : {persistentVolumeClaim: {claimName}};
  return [
    ...(hasWorkspace(settings) ? [{name: 'workspace', ...workspace}] : []),
    {name: 'run', emptyDir: {}},
    {
      name: 'claude-credentials',
      // The image's user is not known here, and whoever is in the pod may read them anyway.
      secret: {secretName: 'claude-credentials', optional: true, defaultMode: 0o444},
    },
    ...kubeconfigVolume(settings),
    ...(settings.runAsUser === undefined ? [] : [{name: 'home', emptyDir: {}}, passwdVolume()]),
  ];
}

/** The workspace, at the city's own path too, so that absolute paths in staged files stay valid. */
export function volumeMounts(settings: PodSettings, paths: PathMap): V1VolumeMount[] {
  const places = [WORKSPACE, paths.compatibilityMount(), claimMount(settings)];
  const mounts = new Set(hasWorkspace(settings) ? places.filter(place => place !== undefined) : []);
  return [
    ...[...mounts].map(mountPath => ({name: 'workspace', mountPath})),
    {name: 'run', mountPath: RUN},
    {name: 'claude-credentials', mountPath: CREDENTIALS, readOnly: true},
    ...(settings.agentKubeconfigSecret === undefined
      ? []
      : [{name: 'kubeconfig', mountPath: KUBECONFIG.directory, readOnly: true}]),
    ...(settings.runAsUser === undefined
      ? []
      : [
          {name: 'home', mountPath: HOME},
          {name: 'passwd', mountPath: '/etc/passwd', subPath: 'passwd', readOnly: true},
        ]),
  ];
}

/** That one key, and not optional: an agent that is to look at a cluster does not start blind. */
function kubeconfigVolume({agentKubeconfigSecret: secretName}: PodSettings): V1Volume[] {
  if (secretName === undefined) return [];
  const {key} = KUBECONFIG;
  return [
    {name: 'kubeconfig', secret: {secretName, items: [{key, path: key}], defaultMode: 0o444}},
  ];
}

/** Where kubectl in the pod finds the kubeconfig that the settings give the agents. */
export function kubeconfigVariable({agentKubeconfigSecret}: PodSettings): Record<string, string> {
  if (agentKubeconfigSecret === undefined) return {};
  return {KUBECONFIG: `${KUBECONFIG.directory}/${KUBECONFIG.key}`};
}

/** An empty volume would hide the workspace that a prebaked image holds. */
function hasWorkspace({prebaked, workspacePvc}: PodSettings): boolean {
  return !prebaked || workspacePvc !== undefined;
}

/**
 * A uid that the image does not know has no name (`whoami` fails, git and ssh complain) and no
 * home. The pod brings a passwd of its own, through an annotation, so that no object beside the pod
 * is needed.
 */
export function passwdAnnotation({runAsUser}: PodSettings): Record<string, string> {
  if (runAsUser === undefined) return {};
  const root = runAsUser === 0 ? [] : ['root:x:0:0:root:/root:/bin/sh'];
  const own = `agent:x:${runAsUser}:${runAsUser}:agent:${HOME}:/bin/sh`;
  const nobody = 'nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin';
  return {[PASSWD]: [...root, own, nobody, ''].join('\n')};
}

function passwdVolume(): V1Volume {
  const fieldRef = {fieldPath: `metadata.annotations['${PASSWD}']`};
  return {name: 'passwd', downwardAPI: {items: [{path: 'passwd', fieldRef}]}};
}

function claimMount({workspacePvc, workspaceRoot}: PodSettings): string | undefined {
  return workspacePvc === undefined ? undefined : workspaceRoot;
}
