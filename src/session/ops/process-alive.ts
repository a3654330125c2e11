import {flag, type Call} from '../../cli/operation.ts';
import {processNames} from '../../pod/process-names.ts';
import {runsAny} from '../../tmux/processes.ts';
import {withSession} from '../operation.ts';

export const operation = (call: Call) =>
  withSession(call, async ({cluster, session, deadline, readInput}) => {
    const names = processNames((await readInput()).toString());
    return flag(names.length === 0 || (await runsAny({cluster, session, deadline}, names)));
  });
