import {CONFIG_FILE} from './config-file-setting.ts';

/**
 * The environment with the file's settings under it: a variable that is set and not empty comes
 * before the file. Without `GC_K8S_CONFIG` nothing is read. Raises a SettingsError that names the
 * file, and the line where there is one, for a file that cannot be read and for what is no setting
 * or no value of it.
 */
export async function withConfigFile(env: NodeJS.ProcessEnv): Promise<NodeJS.ProcessEnv> {
  const path = env[CONFIG_FILE.variable];
  if (path === undefined || path === '') return env;
  const {readConfigFile} = await import('./read-config-file.ts');
  const entries = await readConfigFile(path);
  const problem = entries.find(entry => entry.problem !== undefined)?.problem;
  if (problem !== undefined) throw problem;
  const given = Object.entries(env).filter(([, value]) => value !== undefined && value !== '');
  return {
    ...Object.fromEntries(entries.map(({variable, text}) => [variable, text])),
    ...Object.fromEntries(given),
  };
}
