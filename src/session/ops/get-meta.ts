import {nothing, text, type Call} from '../../cli/operation.ts';
import {metaKey} from '../../pod/meta.ts';
import {getMeta} from '../metadata.ts';
import {withSession} from '../operation.ts';

export const operation = (call: Call) =>
  withSession(call, async ({cluster, session, deadline, args}) => {
    const value = await getMeta({cluster, session, deadline}, metaKey(args[0]));
    return value === undefined ? nothing : text(value);
  });
