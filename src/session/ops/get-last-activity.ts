import {nothing, text, type Call} from '../../cli/operation.ts';
import {lastActivity} from '../../tmux/pane.ts';
import {withSession} from '../operation.ts';

export const operation = (call: Call) =>
  withSession(call, async ({cluster, session, deadline}) => {
    const seconds = await lastActivity({cluster, session, deadline});
    if (seconds === undefined) return nothing;
    return text(new Date(seconds * 1000).toISOString().replace('.000Z', 'Z\n'));
  });
