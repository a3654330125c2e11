import {existsSync} from 'node:fs';
import {failed, ok, skipped, warning, messageLine} from './finding.ts';
import {ask, type DoctorContext} from './context.ts';
import type {Check} from './check.ts';

/** The first minor version in which a client can close an exec's stdin (KEP-4006, v5.channel.k8s.io). */
const OLDEST_MINOR = 30;

/** Tokens and leases fail at a few minutes of skew; event times mislead at seconds. */
const SKEW_LIMIT_S = 5;

/** In a container, a loopback address from the host's kubeconfig means the container itself. */
const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/** Files that exist inside Docker's and Podman's containers. */
const CONTAINER_MARKS = ['/.dockerenv', '/run/.containerenv'];

/** Checks that the API server answers, is new enough, and agrees with our clock. */
export const apiServer: Check = {
  names: ['api server', 'version', 'clock'],
  needs: ['kubeconfig'],
  todo: 'see that the cluster runs and that the kubeconfig has its address and its authority (`certificate-authority`)',
  async *run(context) {
    const answer = await version(context);
    if (typeof answer === 'string') {
      yield failed('api server', answer, todoFor(context));
      for (const name of ['version', 'clock']) yield skipped(name, 'needs api server');
      return;
    }
    const {body, serverTimeMs, tookMs} = answer;
    const {gitVersion = 'unknown', major, minor} = body as Record<string, string | undefined>;
    yield ok('api server', `answers in ${Math.round(tookMs)} ms`);
    const isOld = major === '1' && Number.parseInt(minor ?? '', 10) < OLDEST_MINOR;
    yield isOld
      ? failed(
          'version',
          `Kubernetes ${gitVersion} is older than 1.${OLDEST_MINOR}: its exec cannot close stdin`,
          `upgrade the cluster to Kubernetes 1.${OLDEST_MINOR} or newer`,
        )
      : ok('version', `Kubernetes ${gitVersion}`);
    yield clock(serverTimeMs, Date.now());
  },
};

/** The response, or the error. */
async function version(context: DoctorContext) {
  try {
    return await ask(context, {method: 'GET', path: '/version', wanted: 'the version'});
  } catch (error) {
    context.call.deadline.throwIfOver();
    return messageLine(error);
  }
}

function todoFor({connection}: DoctorContext): string {
  const host = connection?.server.hostname ?? '';
  if (LOOPBACK.test(host) && CONTAINER_MARKS.some(path => existsSync(path))) {
    return `this is a container, and ${host} is the container itself: put an address into the kubeconfig's \`server\` that is reached from here, with tls-server-name if the certificate does not name it`;
  }
  return apiServer.todo;
}

function clock(serverMs: number, ownMs: number) {
  // The Date header has a resolution of one second.
  const skew = (serverMs - ownMs) / 1000;
  if (Math.abs(skew) < SKEW_LIMIT_S + 1) return ok('clock', 'agrees with the API server');
  return warning(
    'clock',
    `this machine's is ${Math.abs(Math.round(skew))} s ${skew > 0 ? 'behind' : 'ahead of'} the API server's`,
    'set it by NTP, here or on the control plane',
  );
}
