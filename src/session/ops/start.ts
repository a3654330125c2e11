import {nothing, type Call} from '../../cli/operation.ts';
import {withSession} from '../operation.ts';
import {runStart} from '../start/run-start.ts';

export const operation = (call: Call) =>
  withSession(call, async sessionCall => {
    await runStart(sessionCall, 'start');
    return nothing;
  });
