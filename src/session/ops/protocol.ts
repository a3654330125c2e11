import {text, type Call} from '../../cli/operation.ts';
import {capabilities} from '../capabilities.ts';

/** The handshake; needs no cluster. */
export const operation = ({env}: Call) =>
  Promise.resolve(text(`${JSON.stringify({version: 0, capabilities: capabilities(env)})}\n`));
