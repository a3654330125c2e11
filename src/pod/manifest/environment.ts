import type {V1EnvVar} from '@kubernetes/client-node';

/** Optional key of an optional Secret: the agent's GitHub token, by reference only. */
const GITHUB_TOKEN: V1EnvVar = {
  name: 'GITHUB_TOKEN',
  valueFrom: {secretKeyRef: {name: 'git-credentials', key: 'token', optional: true}},
};

/** The container's variables, in a stable order; `literal` guards values against `$(…)`. */
export function environment(
  variables: Readonly<Record<string, string>>,
  literal: (text: string) => string,
): V1EnvVar[] {
  const names = Object.keys(variables).sort();
  return [...names.map(name => ({name, value: literal(variables[name] ?? '')})), GITHUB_TOKEN];
}
