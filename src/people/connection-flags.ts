import {SETTINGS} from '../config/settings.ts';
import type {PeopleCall} from './command.ts';

/** The flags that select the cluster, and the variables that each of them overrides. */
export const CONNECTION_FLAGS = [
  ['namespace', SETTINGS.namespace.variable],
  ['context', SETTINGS.context.variable],
  ['kubeconfig', 'KUBECONFIG'],
] as const;

/**
 * The call with its flags merged into the environment, which all lower layers read. Raises a
 * SettingsError for an invalid namespace, naming the flag that was typed.
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
