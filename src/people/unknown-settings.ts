import {EVERY_SETTING} from '../config/every-setting.ts';
import type {PeopleCall} from './command.ts';

/** Warns about variables that look like settings but are not, such as mistyped ones. */
export function warnOfUnknownSettings({env, warn}: Pick<PeopleCall, 'env' | 'warn'>): void {
  const known = new Set<string>(Object.values(EVERY_SETTING).map(({variable}) => variable));
  const unknown = Object.keys(env).filter(name => name.startsWith('GC_K8S_') && !known.has(name));
  for (const name of unknown.toSorted()) {
    warn(`${name} is no setting, and does nothing; \`gc-k8s config\` lists those there are`);
  }
}
