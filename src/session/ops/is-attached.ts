import {flag, type Call} from '../../cli/operation.ts';
import {hasClients} from '../../tmux/pane.ts';
import {withSession} from '../operation.ts';

export const operation = (call: Call) =>
  withSession(call, async ({cluster, session, deadline}) =>
    flag(await hasClients({cluster, session, deadline})),
  );
