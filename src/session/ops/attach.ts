import {exit, type Call} from '../../cli/operation.ts';
import {attach} from '../attach.ts';
import {withSession} from '../operation.ts';

export const operation = (call: Call) =>
  withSession(call, async sessionCall => exit(await attach(sessionCall)));
