import {text, type Reply} from '../../cli/operation.ts';
import {SETTINGS, setting} from '../../config/settings.ts';
import {dryRunPrune} from '../../events/prune.ts';
import {isSet, valueOf, type PeopleCall} from '../command.ts';
import {asJsonOrYaml} from '../format.ts';
import {openLog} from './log.ts';

/** Deletes the oldest events, or counts them with --dry-run. Flags override GC_K8S_EVENTS_KEEP and _MAX_AGE. */
export async function run(call: PeopleCall): Promise<Reply> {
  const {env, options} = call;
  const givenKeep = valueOf(options, 'keep');
  const givenAge = valueOf(options, 'olderThan');
  const keep =
    givenKeep === undefined
      ? setting(env, 'eventsKeep')
      : SETTINGS.eventsKeep.parse(givenKeep, '--keep');
  const maxAgeMs =
    givenAge === undefined
      ? setting(env, 'eventsMaxAge')
      : SETTINGS.eventsMaxAge.parse(givenAge, '--older-than');
  const retention = {...(keep > 0 && {keep}), ...(maxAgeMs > 0 && {olderThanMs: maxAgeMs})};
  const {log, store} = await openLog(call);
  const isDry = isSet(options, 'dryRun');
  const {deleted, floor} = isDry
    ? await dryRunPrune(store, {...retention, nowMs: Date.now()})
    : await log.prune(retention);
  const printed = await asJsonOrYaml({version: 1, dryRun: isDry, deleted, floor}, options);
  if (printed !== undefined) return text(printed);
  return text(
    isDry
      ? `would prune ${deleted} events, the log would begin at ${floor}\n`
      : `pruned ${deleted} events, the log begins at ${floor}\n`,
  );
}
