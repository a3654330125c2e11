import {exit, type Call} from '../../cli/operation.ts';
import {withSession} from '../operation.ts';

export const operation = (call: Call) =>
  withSession(call, async sessionCall => {
    const {attach} = await import('../attach.ts');
    return exit(await attach(sessionCall));
  });
