import {text, type Call} from '../../cli/operation.ts';
import {withConfigFile} from '../../config/config-file.ts';
import {capabilities} from '../capabilities.ts';

/** The handshake; needs no cluster. */
export const operation = async ({env}: Call) => {
  const words = capabilities(await withConfigFile(env));
  return text(`${JSON.stringify({version: 0, capabilities: words})}\n`);
};
