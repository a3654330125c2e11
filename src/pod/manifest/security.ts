import type {V1PodSecurityContext, V1SecurityContext} from '@kubernetes/client-node';
import type {PodSettings} from '../../config/pod-settings.ts';

/**
 * `baseline` keeps whatever user the image has, root included; `restricted` is what Pod Security's
 * level of that name admits (kubernetes.io, "Pod Security Standards").
 */
export function podSecurity({podSecurity: level, runAsUser}: PodSettings): V1PodSecurityContext {
  return {
    seccompProfile: {type: 'RuntimeDefault'},
    ...(level === 'restricted' ? {runAsNonRoot: true} : {}),
    // The volumes are made root's: the group lets another user write.
    ...(runAsUser === undefined ? {} : {runAsUser, runAsGroup: runAsUser, fsGroup: runAsUser}),
  };
}

export function containerSecurity({podSecurity: level}: PodSettings): V1SecurityContext {
  return {
    allowPrivilegeEscalation: false,
    ...(level === 'restricted' ? {capabilities: {drop: ['ALL']}} : {}),
  };
}
