import {RUN_SETTINGS} from './run-settings.ts';
import {SETTINGS} from './settings.ts';

/** Every variable there is, in the order in which people read them. */
export const EVERY_SETTING = {...SETTINGS, ...RUN_SETTINGS};
