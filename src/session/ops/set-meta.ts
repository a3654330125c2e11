import {nothing, type Call} from '../../cli/operation.ts';
import {metaKey} from '../../pod/meta.ts';
import {setMeta} from '../metadata.ts';
import {withSession} from '../operation.ts';

export const operation = (call: Call) =>
  withSession(call, async ({cluster, session, deadline, args, readInput}) => {
    const key = metaKey(args[0]);
    await setMeta({cluster, session, deadline}, key, await readInput());
    return nothing;
  });
