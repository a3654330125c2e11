import {it} from 'vitest';
import {askedInVain} from './budgets.ts';
import {createsAreRight} from './creates.ts';
import {logIsRight} from './log.ts';
import {streamsAreRight} from './streams.ts';
import {sessionsAreRight, silentExecsAreRight} from './sessions.ts';

/** The one test that waits, in the time that is: all that gives up or asks again, side by side. */
it('what is never answered is asked again, or given up in time and with its cause', async () => {
  const giveUp = await askedInVain();
  await Promise.all([
    giveUp(),
    createsAreRight(),
    sessionsAreRight(),
    silentExecsAreRight(),
    logIsRight(),
    streamsAreRight(),
  ]);
});
