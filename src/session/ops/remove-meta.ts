import {nothing, type Call} from '../../cli/operation.ts';
import {metaKey} from '../../pod/meta.ts';
import {removeMeta} from '../metadata.ts';
import {withSession} from '../operation.ts';

export const operation = (call: Call) =>
  withSession(call, async ({cluster, session, deadline, args}) => {
    await removeMeta({cluster, session, deadline}, metaKey(args[0]));
    return nothing;
  });
