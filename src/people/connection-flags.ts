import {SETTINGS} from '../config/settings.ts';
import type {PeopleCall} from './command.ts';

/** The flags that say where the cluster is, and the variables that each of them overrides. */
export const CONNECTION_FLAGS = [
  ['namespace', SETTINGS.namespace.variable],
  ['context', SETTINGS.context.variable],
  ['kubeconfig', 'KUBECONFIG'],
] as const;

/**
 * The call with its flags put over the environment, where all rooms below look. Raises a SettingsError
 * for a namespace that can be none, by the flag that was typed.
 */
export function withConnectionFlags(call: PeopleCall): PeopleCall {
  const env = {...call.env};
  const {namespace} = call.options;
  if (typeof namespace === 'string') SETTINGS.namespace.parse(namespace, '--namespace');
  for (const [flag, variable] of CONNECTION_FLAGS) {
    const value = call.options[flag];
    if (typeof value === 'string') env[variable] = value;
  }
  return {...call, env};
}
