import type {V1Probe} from '@kubernetes/client-node';

/**
 * The pod is Ready once its files are there and PID 1 is the supervisor; then it stays so. One exec in
 * a pod's life, by the kubelet: it waits instead of failing, which would be an event a try, and it
 * comes when a usual start is over, whom it would slow down. It never ends a container: PID 1 itself
 * gives up a start that does not come (entrypoint.sh).
 */
export const startupProbe: V1Probe = {
  exec: {command: ['sh', '-c', 'until [ -e /run/gc/supervised ]; do sleep 1; done']},
  initialDelaySeconds: 2,
  periodSeconds: 1,
  timeoutSeconds: 150,
  failureThreshold: 1000,
};
