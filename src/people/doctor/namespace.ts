import {isKubeFailure} from '../../errors.ts';
import {failed, ok, wordsOf} from './finding.ts';
import {ask} from './visit.ts';
import type {Link} from './link.ts';

const ENFORCED = 'pod-security.kubernetes.io/enforce';

/** Is it there, and what may run in it? */
export const namespace: Link = {
  names: ['namespace'],
  needs: ['api server'],
  todo: 'see that the API server lets you read the namespace',
  async *check(visit) {
    const name = visit.namespace;
    try {
      const {body} = await ask(visit, {
        ...{method: 'GET', wanted: `namespace "${name}"`},
        path: `/api/v1/namespaces/${encodeURIComponent(name)}`,
      });
      const {metadata, status} = body as {
        metadata?: {labels?: Record<string, string>};
        status?: {phase?: string};
      };
      if (status?.phase === 'Terminating') {
        const says = `"${name}" is being deleted`;
        yield failed(
          'namespace',
          says,
          'wait until it is gone and create it again, or use another',
        );
        return;
      }
      const level = metadata?.labels?.[ENFORCED];
      const enforces = level === undefined ? 'enforces no Pod Security level' : `enforces ${level}`;
      yield ok('namespace', `"${name}" ${enforces}; pods are made ${visit.settings.podSecurity}`);
    } catch (error) {
      if (isKubeFailure(error, 'forbidden')) {
        // Not needed: the throw-away pod shows what the namespace takes.
        yield ok('namespace', `"${name}": this account may not look at it, which it need not`);
      } else if (isKubeFailure(error, 'notFound')) {
        const todo = `kubectl create namespace ${name}, or choose another with -n`;
        yield failed('namespace', `there is no namespace "${name}"`, todo);
      } else yield failed('namespace', wordsOf(error), namespace.todo);
    }
  },
};
