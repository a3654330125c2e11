import {InterruptedError, UsageError} from '../errors.ts';
import {log, openLog} from '../log.ts';
import {Deadline} from '../time/deadline.ts';
import {nowMs} from '../time/now.ts';
import {cancelOnSignals} from './cancellation.ts';
import {describeFailure, describeWarning} from './failure.ts';
import type {Call, Operation} from './operation.ts';
import {writeErrorLine, writeReply} from './reply.ts';
import type {Program} from './program.ts';

/** gc takes exit 2 for "I don't know this operation" and goes on. */
const UNKNOWN_OPERATION = 2;

/** Runs the operation that argv names and exits; the only place that ends the process. */
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

/** Runs the only operation of a program that is named for it, and exits. */
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

/** Runs one operation to its end: reply, log, one line for a failure, exit code. */
export async function runOperation(
  program: Pick<Program, 'name'>,
  operation: Operation,
  name: string,
  args: string[],
): Promise<never> {
  const failed = (error: unknown): never => {
    // A signal is how an operation without a budget ends, no failure of it.
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
    // The time Node took to start counts: gc's clock began before ours.
    const deadline = new Deadline(operation.budgetMs, {parent, sinceMs: 0});
    await openLog(process.env, {component: program.name, operation: name, session: args[0]});
    // It may have nothing to write for hours.
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

/** By events: an iterator over a stream loads more of Node than the stream itself. */
function readInput(): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    process.stdin
      .on('data', (piece: Buffer) => pieces.push(piece))
      .once('end', () => resolve(Buffer.concat(pieces)))
      .once('error', reject);
  });
}

/** `peek mayor`: which operation on which session failed. */
function label(name: string, args: readonly string[]): string {
  return args[0] === undefined || args[0] === '' ? name : `${name} ${args[0].slice(0, 200)}`;
}
