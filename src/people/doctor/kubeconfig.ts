import {setting} from '../../config/settings.ts';
import {resolveConnection} from '../../kube/kubeconfig.ts';
import {failed, ok, messageLine} from './finding.ts';
import type {Check} from './check.ts';

/** Resolves the cluster, before anything is sent. */
export const kubeconfig: Check = {
  names: ['kubeconfig'],
  needs: [],
  todo: 'mend the kubeconfig, or name another with --kubeconfig or --context',
  async *run(context) {
    const {env} = context.call;
    try {
      context.connection = await resolveConnection(env, {context: setting(env, 'context')});
    } catch (error) {
      yield failed('kubeconfig', messageLine(error), kubeconfig.todo);
      return;
    }
    const {contextName, server} = context.connection;
    const says = `context ${contextName}, server ${server.origin}, namespace ${context.namespace}`;
    yield ok('kubeconfig', says);
  },
};
