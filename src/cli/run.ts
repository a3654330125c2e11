import {InterruptedError, UsageError} from '../errors.ts';
import {log, openLog} from '../log.ts';
import {Deadline} from '../time/deadline.ts';
import {nowMs} from '../time/now.ts';
import {cancelOnSignals} from './cancellation.ts';
import {describeFailure, describeWarning} from './failure.ts';
import type {Call, Operation} from './operation.ts';
import {writeErrorLine, writeReply} from './reply.ts';
import type {Program} from './program.ts';

/** gc takes exit code 2 for "this provider does not know the operation", which is no failure. */
const UNKNOWN_OPERATION = 2;

/** Runs the operation that argv names, and exits the process. */
export async function run(program: Program): Promise<never> {
  const [name = '', ...args] = process.argv.slice(2);
  if (name === '--version') return finish(`${program.name} ${program.version}\n`);
  if (name === '--help' || name === 'help') {
    const {helpText} = await import('./help.ts');
    return finish(helpText(program));
  }
  const operation = Object.hasOwn(program.operations, name) ? program.operations[name] : undefined;
  if (!operation) return refuse(program, name);
  return runOperation(program, operation, name, args);
}

/** Runs the only operation of a program that has just one, and exits the process. */
export async function runOnly(program: Program): Promise<never> {
  const [[name, operation] = []] = Object.entries(program.operations);
  if (name === undefined || operation === undefined) throw new Error('a program without operation');
  const [first] = process.argv.slice(2);
  if (first === '--version') return finish(`${program.name} ${program.version}\n`);
  if (first !== undefined) {
    const {helpText} = await import('./help.ts');
    if (first === '--help') return finish(helpText(program));
    return refuse(program, first);
  }
  return runOperation(program, operation, name, []);
}

/** Prints the text and exits. */
export async function finish(text: string): Promise<never> {
  try {
    process.exit(await writeReply({kind: 'text', text}));
  } catch (error) {
    writeErrorLine(describeFailure(error, {name: 'stdout'}).line);
    process.exit(1);
  }
}

function refuse(program: Program, name: string): never {
  if (name !== '') {
    writeErrorLine(`${program.name}: unknown operation ${JSON.stringify(name)}`);
    process.exit(UNKNOWN_OPERATION);
  }
  const error = new UsageError(`usage: ${program.name} <operation> [arguments]; see --help`);
  writeErrorLine(error.message);
  process.exit(1);
}

/** Runs one operation and exits: writes its reply, or one line for a failure, and the log. */
export async function runOperation(
  program: Pick<Program, 'name'>,
  operation: Operation,
  name: string,
  args: string[],
): Promise<never> {
  const failed = (error: unknown): never => {
    // An operation without a time limit is meant to be ended by a signal: that is no failure.
    const isEnd = error instanceof InterruptedError && operation.budgetMs === Infinity;
    const {line, exitCode} = describeFailure(error, {...operation, name: label(name, args)});
    const stack = error instanceof Error ? error.stack : undefined;
    log.error('operation.failed', {error: line, exitCode, durationMs: Math.round(nowMs()), stack});
    if (!isEnd) writeErrorLine(line);
    process.exit(exitCode);
  };
  const leave = () => process.exit(operation.unreadExitCode ?? 0);
  try {
    const parent = cancelOnSignals(failed);
    // Node ends a process with nothing left to wait for, as if all were well.
    process.once('beforeExit', () => failed(new Error('it waited for what can never come')));
    // From the start of the process on: gc counts the time that Node took to start, too.
    const {budgetMs, triesToTheEnd: toTheEnd} = operation;
    const deadline = new Deadline(budgetMs, {parent, sinceMs: 0, toTheEnd});
    await openLog(process.env, {component: program.name, operation: name, session: args[0]});
    // It may write nothing for hours, and so not notice by itself that its reader is gone.
    if (operation.budgetMs === Infinity) (await output()).onReaderGone(leave, log);
    const {operation: runs} = await operation.load();
    const exitCode = await writeReply(await runs(callOf(args, deadline, leave)));
    log.info('operation.finished', {exitCode, durationMs: Math.round(nowMs())});
    process.exit(exitCode);
  } catch (error) {
    return failed(error);
  }
}

const output = () => import('./output.ts');

function callOf(args: readonly string[], deadline: Deadline, leave: () => never): Call {
  return {
    args,
    env: process.env,
    deadline,
    readInput,
    print: async piece => (await output()).print(piece, leave),
    streams: {
      get input() {
        return process.stdin;
      },
      get output() {
        return process.stdout;
      },
    },
    warn: text => writeErrorLine(describeWarning(text)),
  };
}

/** Reads stdin to its end. By events, because iterating over a stream loads more of Node. */
function readInput(): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    process.stdin
      .on('data', (piece: Buffer) => pieces.push(piece))
      .once('end', () => resolve(Buffer.concat(pieces)))
      .once('error', reject);
  });
}

/** Names the operation and its session in a message: `peek mayor`. */
function label(name: string, args: readonly string[]): string {
  return args[0] === undefined || args[0] === '' ? name : `${name} ${args[0].slice(0, 200)}`;
}
