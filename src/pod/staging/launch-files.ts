import {readFileSync} from 'node:fs';
import {posix} from 'node:path';
import {messageOf} from '../../errors.ts';
import {secretsIn} from '../environment.ts';
import {ARTIFACTS, CONTEXT, OUTPUT, RUN} from '../paths.ts';
import agentScript from '../scripts/agent.sh';
import boxScript from '../scripts/box.sh';
import catalogueScript from '../scripts/catalogue.sh';
import firstPromptScript from '../scripts/first-prompt.sh';
import launchScript from '../scripts/launch.sh';
import metadataScript from '../scripts/metadata.sh';
import outputScript from '../scripts/output.sh';
import runsAnyScript from '../scripts/runs-any.sh';
import secretsScript from '../scripts/secrets.sh';
import supervisorScript from '../scripts/supervisor.sh';
import verdictScript from '../scripts/verdict.sh';
import {quoted} from '../quoted.ts';
import {processNames} from '../process-names.ts';
import type {StagingPlan} from './plan.ts';

/** What the launcher in the pod has to know. It is passed in files, which take any bytes of any length. */
export interface LaunchRequest {
  readonly secret: Readonly<Record<string, string>>;
  /** True to prepare the pod without starting the agent. */
  readonly provision: boolean;
  readonly oneShot: boolean;
  readonly command: string;
  readonly processNames: readonly string[];
  readonly nudge: string;
  readonly readyPromptPrefix: string;
  readonly readyDelayMs: number;
  readonly preStart: readonly string[];
  readonly sessionSetup: readonly string[];
  /** Path on this machine. */
  readonly sessionSetupScript: string | undefined;
  readonly sessionLive: readonly string[];
}

/** The program that starts the session. It is the last file: where it is missing, the stream was cut off. */
export const LAUNCHER = `${RUN}/launch.sh`;

/** What the launcher does about files that did not come whole; it comes behind the launcher, if at all. */
export const CUT = `${RUN}/cut.sh`;

/** Plans our own files in /run/gc, with mode 0600 as far as they may hold secrets. */
export function planLaunch(plan: StagingPlan, request: LaunchRequest): void {
  for (const directory of [CONTEXT, OUTPUT, ARTIFACTS]) {
    plan.put(directory, {kind: 'directory', mode: 0o700});
  }
  const text = (name: string, content: string, mode = 0o600) =>
    plan.put(posix.join(RUN, name), {kind: 'text', content: Buffer.from(content), mode});
  text('env', environmentFile(plan, request.secret));
  if (request.provision) text('provisioned', '');
  if (request.oneShot) text('one-shot', '');
  text('command', request.command);
  text('process-names', processNames(request.processNames.join('\n')).map(lineOf).join(''));
  text('nudge', request.nudge.replace(/\n+$/, ''));
  // A captured line has lost the spaces at its end; agents also draw non-breaking ones.
  text('ready-prompt-prefix', request.readyPromptPrefix.replace(/[\s\u00A0]+$/, ''));
  text('ready-delay', String(request.readyDelayMs / 1000));
  commandFiles(request.preStart, 'pre_start', text);
  commandFiles(request.sessionSetup, 'session_setup', text);
  commandFiles(request.sessionLive, 'session_live', text);
  planSetupScript(plan, request.sessionSetupScript);
  text('secrets', secretLines(request.secret));
  // Gone once all of the agent's output is in its log.
  text('output/open', '');
  text('agent.sh', agentScript);
  text('box.sh', boxScript);
  text('catalogue.sh', catalogueScript);
  text('first-prompt.sh', firstPromptScript);
  text('metadata.sh', metadataScript);
  text('output.sh', outputScript);
  text('runs-any.sh', runsAnyScript);
  text('secrets.sh', secretsScript);
  text('supervisor.sh', supervisorScript);
  text('verdict.sh', verdictScript);
  text(posix.basename(LAUNCHER), launchScript);
}

/** What no last line and no warning may hold, one a line; a short one would hide half of them. */
function secretLines(secret: Readonly<Record<string, string>>): string {
  const lines = [
    ...Object.values(secret).flatMap(value => value.split('\n')),
    ...secretsIn(secret).filter(each => !each.includes('\n')),
  ];
  return [...new Set(lines)]
    .filter(line => line.trim().length >= 6)
    .map(lineOf)
    .join('');
}

const lineOf = (text: string) => `${text}\n`;

/** One file for each command, with names that the shell's `*` sorts in the order of the list. */
function commandFiles(
  commands: readonly string[],
  directory: string,
  text: (name: string, content: string) => void,
): void {
  for (const [at, command] of commands.entries()) {
    text(`${directory}/${String(at).padStart(4, '0')}`, `${command}\n`);
  }
}

function planSetupScript(plan: StagingPlan, path: string | undefined): void {
  if (path === undefined || path === '') return;
  try {
    const content = readFileSync(path);
    plan.put(`${RUN}/session_setup_script/0000`, {kind: 'text', content, mode: 0o600});
  } catch (error) {
    plan.warn(`session_setup_script: ${messageOf(error)}: left out`);
  }
}

/** The file that agent.sh and command.sh read with `.`: the variables that are not in the pod spec. */
function environmentFile(plan: StagingPlan, secret: Readonly<Record<string, string>>): string {
  const lines = Object.entries(secret).flatMap(([name, value]) => {
    // `export` with any other name would end the shell.
    if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return [`export ${name}=${quoted(value)}`];
    plan.warn(`env.${name} is a secret, and no name of a variable for a shell: left out`);
    return [];
  });
  return [
    ...lines,
    '[ -n "${HOME:-}" ] && [ "$HOME" != / ] && [ -w "$HOME" ] || export HOME=/run/gc/home',
    '[ -d "$HOME" ] || mkdir -p "$HOME"',
    'export CLAUDE_CONFIG_DIR="$HOME/.claude"',
    // git refuses a work tree that another user owns, and the volume's root is root's.
    'if [ -z "${GIT_CONFIG_COUNT:-}" ] && [ ! -O /workspace ]; then',
    "export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=safe.directory GIT_CONFIG_VALUE_0='*'",
    'fi',
    '',
  ].join('\n');
}
