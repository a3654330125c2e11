import {flag, type Call} from '../../cli/operation.ts';
import {podsByName} from '../../pod/find.ts';
import {sessionState} from '../../pod/state.ts';
import {withSession} from '../operation.ts';

export const operation = (call: Call) =>
  withSession(call, async ({cluster, session, deadline}) => {
    for await (const pod of podsByName(cluster, session)) {
      const state = sessionState(pod);
      if (state === 'running') return flag(true);
      if (state !== 'unknown') continue;
      const {hasTerminal} = await import('../../tmux/pane.ts');
      if (await hasTerminal({cluster, session, deadline}, pod.metadata.name)) return flag(true);
    }
    return flag(false);
  });
