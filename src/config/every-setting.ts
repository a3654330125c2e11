import {CONFIG_FILE} from './config-file-setting.ts';
import {POD_SETTINGS} from './pod-settings.ts';
import {RUN_SETTINGS} from './run-settings.ts';
import {SETTINGS} from './settings.ts';

const {namespace, context, ...others} = SETTINGS;

/** Every variable there is, in the order in which people read them. */
export const EVERY_SETTING = {
  ...{namespace, context, configFile: CONFIG_FILE},
  ...POD_SETTINGS,
  ...others,
  ...RUN_SETTINGS,
};
