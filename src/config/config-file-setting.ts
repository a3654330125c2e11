import type {Setting} from './settings.ts';
import {asIs} from './values.ts';

/** Where the file with settings is; itself only a variable of the environment. */
export const CONFIG_FILE = {
  variable: 'GC_K8S_CONFIG',
  meaning: 'path of a YAML file with settings for pods and runs ([below](#in-a-file))',
  parse: asIs,
} as const satisfies Setting<string>;
