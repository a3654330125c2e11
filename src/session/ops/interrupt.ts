import {nothing, type Call} from '../../cli/operation.ts';
import {press} from '../../tmux/keyboard.ts';
import {withSession} from '../operation.ts';

export const operation = (call: Call) =>
  withSession(call, async ({cluster, session, deadline}) => {
    await press({cluster, session, deadline}, ['C-c']);
    return nothing;
  });
