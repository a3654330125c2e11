import {nothing, type Call} from '../../cli/operation.ts';
import {withSession} from '../operation.ts';

export const operation = (call: Call) =>
  withSession(call, async sessionCall => {
    const {runStart} = await import('../start/run-start.ts');
    await runStart(sessionCall, 'start');
    return nothing;
  });
