import {nothing, type Call} from '../../cli/operation.ts';
import {clearHistory} from '../../tmux/pane.ts';
import {withSession} from '../operation.ts';

export const operation = (call: Call) =>
  withSession(call, async ({cluster, session, deadline}) => {
    await clearHistory({cluster, session, deadline});
    return nothing;
  });
