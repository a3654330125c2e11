import {text, type Call} from '../../cli/operation.ts';
import {setting} from '../../config/settings.ts';
import {openEventLog} from '../operation.ts';

export const operation = async (call: Call) => {
  const keep = setting(call.env, 'eventsKeep');
  const maxAgeMs = setting(call.env, 'eventsMaxAge');
  const log = await openEventLog(call);
  const {deleted, floor} = await log.prune({
    ...(keep > 0 && {keep}),
    ...(maxAgeMs > 0 && {olderThanMs: maxAgeMs}),
  });
  return text(`pruned ${deleted} events, the log begins at ${floor}\n`);
};
