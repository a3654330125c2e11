import {existsSync} from 'node:fs';
import {failed, ok, skipped, warning, wordsOf} from './finding.ts';
import {ask, type Visit} from './visit.ts';
import type {Link} from './link.ts';

/** The first that closes an exec's stdin by itself (KEP-4006, v5.channel.k8s.io). */
const OLDEST_MINOR = 30;

/** Tokens and leases go wrong from a few minutes on; an event's time misleads from seconds on. */
const SKEW_LIMIT_S = 5;

/** What a kubeconfig from the host means inside a container: the container itself. */
const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/** Files by which containers are known from inside: Docker's and Podman's. */
const CONTAINER_MARKS = ['/.dockerenv', '/run/.containerenv'];

/** Is it there, is it new enough, and does it have our time? */
export const apiServer: Link = {
  names: ['api server', 'version', 'clock'],
  needs: ['kubeconfig'],
  todo: 'see that the cluster runs and that the kubeconfig has its address and its authority (`certificate-authority`)',
  async *check(visit) {
    const answer = await version(visit);
    if (typeof answer === 'string') {
      yield failed('api server', answer, todoFor(visit));
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

/** The answer, or why there is none. */
async function version(visit: Visit) {
  try {
    return await ask(visit, {method: 'GET', path: '/version', wanted: 'the version'});
  } catch (error) {
    visit.call.deadline.throwIfOver();
    return wordsOf(error);
  }
}

function todoFor({connection}: Visit): string {
  const host = connection?.server.hostname ?? '';
  if (LOOPBACK.test(host) && CONTAINER_MARKS.some(path => existsSync(path))) {
    return `this is a container, and ${host} is the container itself: put an address into the kubeconfig's \`server\` that is reached from here, with tls-server-name if the certificate does not name it`;
  }
  return apiServer.todo;
}

function clock(serverMs: number, ownMs: number) {
  // The Date header has whole seconds.
  const skew = (serverMs - ownMs) / 1000;
  if (Math.abs(skew) < SKEW_LIMIT_S + 1) return ok('clock', 'agrees with the API server');
  return warning(
    'clock',
    `this machine's is ${Math.abs(Math.round(skew))} s ${skew > 0 ? 'behind' : 'ahead of'} the API server's`,
    'set it by NTP, here or on the control plane',
  );
}
