import {PodCommandError} from '../errors.ts';
import type {ExecResult} from '../kube/cluster.ts';
import {resultsInSession} from './in-session.ts';
import type {SessionPlace} from './session-place.ts';
import processesScript from './scripts/processes.sh';

/**
 * True when a process in the session's pod matches one of the names, as `pgrep -f` would. The list is read
 * from /proc, because an image may lack pgrep, and matched here, so that no name is seen by a shell. During
 * a start, runs-any.sh does the same in the pod. Raises PodCommandError when the list cannot be read: that
 * an agent was not seen does not mean that it is dead.
 */
export async function runsAny(place: SessionPlace, names: readonly string[]): Promise<boolean> {
  const patterns = names.map(pattern);
  for await (const result of resultsInSession(place, {text: processesScript, again: 'safe'})) {
    const commandLines = parseProcesses(reportOf(place, result));
    if (commandLines.some(line => patterns.some(wanted => wanted.test(line)))) return true;
  }
  return false;
}

function reportOf({session}: SessionPlace, {stdout, stderr, exitCode}: ExecResult): string {
  const report = stdout.toString();
  if (SECTION.test(report)) return report;
  const words = stderr.toString().trim().split('\n').pop() ?? '';
  const why = words === '' ? `exit code ${exitCode}` : words;
  throw new PodCommandError(
    `the processes of session "${session}" cannot be read in its pod: ${why}; the image needs tail`,
  );
}

const SECTION = /^==> \/proc\//m;

/** The command lines of a report of processes.sh, without the script's own processes. */
export function parseProcesses(report: string): string[] {
  const [own = '', ...rest] = report.split('\n');
  return rest
    .join('\n')
    .split(/^==> \/proc\/(?=\d+\/cmdline <==$)/m)
    .slice(1)
    .map(section => {
      const [header = '', ...body] = section.split('\n');
      const words = body.join('\n').split('\0');
      return {id: header.split('/', 1)[0], line: words.join(' ').trim()};
    })
    .filter(({id, line}) => id !== own && line !== '' && !OURS.test(line))
    .map(({line}) => line.replace(/ \/run\/gc\/command$/, ''));
}

/**
 * Command lines of our own: other operations (which contain prelude.sh), this script's tail, the pod's
 * scripts with what they run, and the tmux server, which names agent.sh. The shell that runs the agent's
 * command is not, but for the name of the file.
 */
const OURS =
  /gc:other|^tail -v -c \+1 \/proc\/|^sh \/run\/gc\/|^tmux -u start-server |^tmux wait-for gc-|^tee \/proc\/1\/fd\/1$|^dd bs=4096 count=256$/;

/** A name that is no valid pattern, such as `c++`, is searched for as it is: gc would take an error for "not alive". */
function pattern(name: string): {test: (line: string) => boolean} {
  try {
    return new RegExp(name);
  } catch {
    return {test: line => line.includes(name)};
  }
}
