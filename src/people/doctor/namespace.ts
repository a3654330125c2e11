import {isKubeFailure} from '../../errors.ts';
import {failed, ok, messageLine} from './finding.ts';
import {ask} from './context.ts';
import type {Check} from './check.ts';

const ENFORCED = 'pod-security.kubernetes.io/enforce';

/** Checks that the namespace exists, and which pod security level it enforces. */
export const namespace: Check = {
  names: ['namespace'],
  needs: ['api server'],
  todo: 'see that the API server lets you read the namespace',
  async *run(context) {
    const name = context.namespace;
    try {
      const {body} = await ask(context, {
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
      yield ok('namespace', `"${name}" ${enforces}; pods are made ${context.settings.podSecurity}`);
    } catch (error) {
      if (isKubeFailure(error, 'forbidden')) {
        // Not required: the test pod shows what the namespace admits.
        yield ok('namespace', `"${name}": this account may not look at it, which it need not`);
      } else if (isKubeFailure(error, 'notFound')) {
        const todo = `kubectl create namespace ${name}, or choose another with -n`;
        yield failed('namespace', `there is no namespace "${name}"`, todo);
      } else yield failed('namespace', messageLine(error), namespace.todo);
    }
  },
};
