import type {ExecResult} from '../../kube/cluster.ts';
import {AGENT_CONTAINER} from '../../pod/labels.ts';
import {failed, ok, skipped} from './finding.ts';
import {within, type DoctorContext} from './context.ts';
import type {Check} from './check.ts';

const EXEC_MS = 15_000;

/** Required by every agent. */
const NEEDED = ['tmux', 'tar'];

/** Useful to most agents, but optional. */
const USUAL = ['bash', 'git', 'gc', 'bd'];

/** Prints the programs it finds, and tries a tmux server of its own. */
const TOOLS = `
for tool in ${[...NEEDED, ...USUAL].join(' ')}; do
  command -v "$tool" >/dev/null 2>&1 && echo "$tool"
done
command -v tmux >/dev/null 2>&1 || exit 0
tmux -L gc-doctor new-session -d 'sleep 9' 2>&1 && tmux -L gc-doctor kill-server && echo works
tmux -V
`;

/** Checks that exec works in both directions, and that the image has the programs the operations use. */
export const terminal: Check = {
  names: ['exec', 'tools'],
  needs: ['pod', 'node', 'image', 'container'],
  todo: 'see that the API server reaches the kubelet (port 10250), and that proxies let WebSockets through',
  async *run(context) {
    const token = `gc-${Date.now()}`;
    const sinceMs = performance.now();
    const echoed = await inPod(context, {script: 'cat', stdin: Buffer.from(token)});
    if (echoed.stdout.toString() !== token) {
      const says = `"cat" answered ${JSON.stringify(echoed.stdout.toString())}, exit code ${echoed.exitCode}`;
      yield failed('exec', says, terminal.todo);
      yield skipped('tools', 'needs exec');
      return;
    }
    yield ok('exec', `to the pod and back in ${Math.round(performance.now() - sinceMs)} ms`);
    yield tools((await inPod(context, {script: TOOLS})).stdout.toString().trim().split('\n'));
  },
};

function tools(found: readonly string[]) {
  const missing = NEEDED.filter(tool => !found.includes(tool));
  if (missing.length > 0) {
    const says = `the image has no ${missing.join(' and no ')}`;
    return failed('tools', says, 'add it to the image; Dockerfile.agent shows what belongs there');
  }
  if (!found.includes('works')) {
    const says = `tmux does not start: ${found.filter(line => line.includes(' ')).join('; ')}`;
    return failed('tools', says, 'mend tmux in the image: it needs a UTF-8 locale');
  }
  const version = found.at(-1) ?? 'tmux';
  const absent = USUAL.filter(tool => !found.includes(tool));
  const rest =
    absent.length === 0 ? '' : `; not there, should agents want them: ${absent.join(', ')}`;
  return ok('tools', `${version} starts, tar${rest}`);
}

interface PodScript {
  readonly script: string;
  /** The script's `$1`, `$2`, …; passed as data, never interpreted. */
  readonly args?: readonly string[];
  readonly stdin?: Buffer;
}

/** Runs a script in the test pod. */
export function inPod(
  context: DoctorContext,
  {script, args = [], stdin}: PodScript,
): Promise<ExecResult> {
  const command = {
    pod: context.pod?.metadata.name ?? '',
    container: AGENT_CONTAINER,
    command: ['sh', '-c', script, 'gc', ...args],
    ...(stdin === undefined ? {} : {stdin}),
  };
  return within(context, EXEC_MS, cluster => cluster.exec(command));
}
