import {nothing, type Call} from '../../cli/operation.ts';
import {withSession} from '../operation.ts';

export const operation = (call: Call) =>
  withSession(call, async ({cluster, session, deadline, args, warn}) => {
    const {copyTo} = await import('../copy-to.ts');
    const [source = '', path = ''] = args;
    await copyTo({cluster, session, deadline}, {source, path, warn});
    return nothing;
  });
