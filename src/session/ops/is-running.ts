import {flag, type Call} from '../../cli/operation.ts';
import {findPod} from '../../pod/find.ts';
import {sessionState} from '../../pod/state.ts';
import {withSession} from '../operation.ts';

export const operation = (call: Call) =>
  withSession(call, async ({cluster, session, deadline}) => {
    const pod = await findPod(cluster, session);
    if (!pod) return flag(false);
    const state = sessionState(pod);
    if (state !== 'unknown') return flag(state === 'running');
    const {hasTerminal} = await import('../../tmux/pane.ts');
    return flag(await hasTerminal({cluster, session, deadline}, pod.metadata.name));
  });
