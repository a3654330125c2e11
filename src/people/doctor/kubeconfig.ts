import {setting} from '../../config/settings.ts';
import {resolveConnection} from '../../kube/kubeconfig.ts';
import {failed, ok, wordsOf} from './finding.ts';
import type {Link} from './link.ts';

/** Which cluster is meant, before anything is sent. */
export const kubeconfig: Link = {
  names: ['kubeconfig'],
  needs: [],
  todo: 'mend the kubeconfig, or name another with --kubeconfig or --context',
  async *check(visit) {
    const {env} = visit.call;
    try {
      visit.connection = await resolveConnection(env, {context: setting(env, 'context')});
    } catch (error) {
      yield failed('kubeconfig', wordsOf(error), kubeconfig.todo);
      return;
    }
    const {contextName, server} = visit.connection;
    const says = `context ${contextName}, server ${server.origin}, namespace ${visit.namespace}`;
    yield ok('kubeconfig', says);
  },
};
