import type {Operation, Operations} from '../cli/operation.ts';

/** gc kills an operation after 30 s; the rest is for telling why it failed. */
const USUAL_MS = 28_000;
/** gc reads a failure of a probe as `false`, and would start a living agent again: it tries for this long. */
const PROBE_MS = 25_000;
/** gc's start budget is 120 s. */
const START_MS = 115_000;

/** Every operation of session-protocol.md, one row each. */
export const operations = {
  protocol: row(
    '',
    'prints what this provider can do',
    USUAL_MS,
    () => import('./ops/protocol.ts'),
  ),
  start: row(
    '<session>',
    'start JSON on stdin: creates the pod and the agent',
    START_MS,
    () => import('./ops/start.ts'),
  ),
  provision: row(
    '<session>',
    'as start, without the agent',
    START_MS,
    () => import('./ops/provision.ts'),
  ),
  stop: row('<session>', 'deletes the pod', USUAL_MS, () => import('./ops/stop.ts')),
  interrupt: row(
    '<session>',
    "Ctrl-C to the agent's terminal",
    USUAL_MS,
    () => import('./ops/interrupt.ts'),
  ),
  'is-running': probe(
    '<session>',
    'true while the agent’s terminal is alive',
    () => import('./ops/is-running.ts'),
  ),
  'process-alive': probe(
    '<session>',
    'process names on stdin: true if one runs',
    () => import('./ops/process-alive.ts'),
  ),
  'is-attached': probe(
    '<session>',
    'true if a terminal is attached',
    () => import('./ops/is-attached.ts'),
  ),
  attach: row(
    '<session>',
    "the agent's terminal on this one",
    Infinity,
    () => import('./ops/attach.ts'),
  ),
  nudge: row(
    '<session>',
    'types the text on stdin and presses Enter',
    USUAL_MS,
    () => import('./ops/nudge.ts'),
  ),
  'send-keys': row(
    '<session> <key>…',
    'presses keys by their tmux names',
    USUAL_MS,
    () => import('./ops/send-keys.ts'),
  ),
  peek: row(
    '<session> [lines]',
    'the last lines of the terminal; 0: all',
    USUAL_MS,
    () => import('./ops/peek.ts'),
  ),
  'clear-scrollback': row(
    '<session>',
    'forgets what scrolled away',
    USUAL_MS,
    () => import('./ops/clear-scrollback.ts'),
  ),
  'get-last-activity': row(
    '<session>',
    'time of the last output or input',
    USUAL_MS,
    () => import('./ops/get-last-activity.ts'),
  ),
  'set-meta': row('<session> <key>', 'value on stdin', USUAL_MS, () => import('./ops/set-meta.ts')),
  'get-meta': row(
    '<session> <key>',
    'prints the value',
    USUAL_MS,
    () => import('./ops/get-meta.ts'),
  ),
  'remove-meta': row(
    '<session> <key>',
    'forgets the value',
    USUAL_MS,
    () => import('./ops/remove-meta.ts'),
  ),
  'list-running': row(
    '[prefix]',
    'names of the running sessions',
    USUAL_MS,
    () => import('./ops/list-running.ts'),
  ),
  'copy-to': row(
    '<session> <source> <path>',
    'copies into the workspace',
    USUAL_MS,
    () => import('./ops/copy-to.ts'),
  ),
  'copy-from': row(
    '<session> <path> [destination]',
    'copies out of the pod',
    USUAL_MS,
    () => import('./ops/copy-from.ts'),
  ),
  'check-image': row(
    '<image>',
    'fails for an image known not to be pulled',
    USUAL_MS,
    () => import('./ops/check-image.ts'),
  ),
  exec: {
    ...row('<session>', 'runs the shell command on stdin', 29_000, () => import('./ops/exec.ts')),
    // As ssh does, so that a failure of ours is not taken for the command's own exit code.
    failureExitCode: 255,
    // As a shell reports a `kubectl exec` that SIGPIPE ended: how the command ended is not known.
    unreadExitCode: 141,
  },
  'watch-startup': row(
    '<session>',
    'the terminal at each change, NDJSON',
    Infinity,
    () => import('./ops/watch-startup.ts'),
  ),
} satisfies Operations;

function row(usage: string, summary: string, budgetMs: number, load: Operation['load']): Operation {
  return {usage, summary, budgetMs, load};
}

function probe(usage: string, summary: string, load: Operation['load']): Operation {
  return {...row(usage, summary, PROBE_MS, load), triesToTheEnd: true};
}
