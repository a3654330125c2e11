import type {V1Container} from '@kubernetes/client-node';
import type {PodSettings} from '../../config/pod-settings.ts';
import {KEEPER_CONTAINER} from '../labels.ts';
import {RUN} from '../paths.ts';
import keeperScript from '../scripts/keeper.sh';
import {containerSecurity} from './security.ts';

/** What a keeper needs to sleep, and to read files for their checksums. */
const RESOURCES = {
  requests: {cpu: '5m', memory: '16Mi'},
  limits: {cpu: '1', memory: '128Mi'},
};

/**
 * A second container, of the same image, that keeps the pod's files in reach after the agent's: an
 * ended container takes no exec. It sleeps until PID 1 of the agent's has ended (a pipe tells), and
 * ends at once when there is no artifact to keep.
 */
export function keeper(
  image: string,
  settings: PodSettings,
  {seconds, literal}: {seconds: number; literal: (text: string) => string},
): V1Container {
  return {
    name: KEEPER_CONTAINER,
    image,
    ...(settings.imagePullPolicy ? {imagePullPolicy: settings.imagePullPolicy} : {}),
    command: ['sh', '-c', literal(keeperScript), 'gc', String(seconds)],
    resources: RESOURCES,
    securityContext: containerSecurity(settings),
    volumeMounts: [{name: 'run', mountPath: RUN}],
  };
}

/**
 * Before PID 1's own script: the pipe whose end tells the keeper that the agent's container is over.
 * It has its name only once it is open: a keeper that came sooner would take it for ended.
 */
export const HOLD_PIPE =
  'mkfifo -m 600 /run/gc/alive~ && exec 3<>/run/gc/alive~ && mv /run/gc/alive~ /run/gc/alive\n';
