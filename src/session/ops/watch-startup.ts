import {nothing, type Call} from '../../cli/operation.ts';
import {watchPane} from '../../tmux/watch-pane.ts';
import {withSession} from '../operation.ts';

export const operation = (call: Call) =>
  withSession(call, async ({cluster, session, deadline, print}) => {
    await watchPane({cluster, session, deadline}, print);
    return nothing;
  });
