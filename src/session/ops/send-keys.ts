import {nothing, type Call} from '../../cli/operation.ts';
import {press} from '../../tmux/keyboard.ts';
import {withSession} from '../operation.ts';

export const operation = (call: Call) =>
  withSession(call, async ({cluster, session, deadline, args}) => {
    if (args.length > 0) await press({cluster, session, deadline}, args);
    return nothing;
  });
