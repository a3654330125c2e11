import {dirname} from 'node:path';
import {realpathSync} from 'node:fs';
import picocolors from 'picocolors';
import {InterruptedError, UsageError} from '../src/errors.ts';
import {openCluster} from '../src/kube/open-cluster.ts';
import {Deadline} from '../src/time/deadline.ts';
import {act} from './act.ts';
import {AGENTS} from './agents.ts';
import {City} from './city.ts';
import {Gc} from './gc.ts';
import {interruption} from './interruption.ts';
import {keptLines} from './kept.ts';
import {demoOptions, USAGE, type DemoOptions} from './options.ts';
import {contextPlace} from './place/context-place.ts';
import {embeddedPlace} from './place/embedded-place.ts';
import type {Place} from './place/place.ts';
import {openRunDirectory, type RunDirectory} from './place/run-directory.ts';
import {plainShow} from './show/plain.ts';
import type {Show} from './show/show.ts';
import {terminalShow} from './show/terminal.ts';
import {ENDING, REVIEW, STORY, type StoryStep} from './story.ts';

/** Runs the demo with the arguments after `demo`; returns its exit code. */
export async function runDemo(args: readonly string[]): Promise<number> {
  try {
    const options = demoOptions(args);
    if (options.help) {
      process.stdout.write(USAGE);
      return 0;
    }
    return await perform(options);
  } catch (error) {
    process.stderr.write(`demo: ${error instanceof Error ? error.message : String(error)}\n`);
    return error instanceof UsageError ? 2 : 1;
  }
}

async function perform(options: DemoOptions): Promise<number> {
  const executables = dirname(realpathSync(process.argv[1] ?? ''));
  let place: Place | undefined;
  const signal = interruption(() => {
    const hint = place === undefined ? '' : `; what is left goes with: ${place.endCommand}`;
    process.stderr.write(`demo: interrupted again, nothing more is cleaned up${hint}\n`);
    process.exit(130);
  });
  const directory = await openRunDirectory();
  try {
    place =
      options.context === undefined
        ? embeddedPlace({cluster: directory.cluster, executables}, process.env)
        : contextPlace(options.context, process.env);
    return await performAt(place, {...options, signal, directory, executables});
  } finally {
    if (!directory.isKept) directory.remove();
  }
}

interface Performance extends DemoOptions {
  readonly signal: AbortSignal;
  readonly directory: RunDirectory;
  readonly executables: string;
}

async function performAt(place: Place, performance: Performance): Promise<number> {
  const {keep, signal, directory, executables} = performance;
  const story = [...STORY, ...(keep ? [] : ENDING), REVIEW];
  const titles = [OPEN, ...story.map(({title}) => title), ...(keep ? [] : [CLOSE])];
  const show = showOn(process.stdout, titles);
  const failure = await attempt(() => play({place, story, show, signal, directory, executables}));
  const isKept = keep && failure === undefined;
  const leftover = isKept ? undefined : await attempt(() => act(show, CLOSE, place.close));
  if (isKept && place.isOnThisMachine) directory.keep();
  show.end(isKept ? keptLines(place, {executables, session: AGENTS[0].name}) : []);
  return exitCode([failure, leftover]);
}

const OPEN = 'bring the cluster up';
const CLOSE = 'clean up';

interface Play {
  readonly place: Place;
  readonly story: readonly StoryStep[];
  readonly show: Show;
  readonly signal: AbortSignal;
  readonly directory: RunDirectory;
  readonly executables: string;
}

async function play({place, story, show, signal, directory, executables}: Play): Promise<void> {
  await act(show, OPEN, async () => {
    const where = await place.open(signal);
    show.place(where);
    return where;
  });
  const env = {...place.environment, ...directory.mark};
  const city = new City(new Gc({directory: executables, env, signal}), directory.city);
  const deadline = new Deadline(Infinity, {parent: signal});
  const cluster = await openCluster('gc-k8s-demo', {env, deadline});
  try {
    for (const {title, run} of story) {
      signal.throwIfAborted();
      await act(show, title, () => run({city, cluster, show, signal}));
    }
  } finally {
    cluster.close();
    deadline.clear();
    await city.close();
  }
}

function showOn(output: NodeJS.WriteStream, titles: readonly string[]): Show {
  const isTerminal = output.isTTY && process.env.TERM !== 'dumb';
  const colors = picocolors.createColors(isTerminal ? picocolors.isColorSupported : false);
  if (isTerminal) return terminalShow(output, titles, colors);
  return plainShow(line => void output.write(`${line}\n`), colors);
}

async function attempt(run: () => Promise<void>): Promise<Error | undefined> {
  try {
    await run();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** Prints each failure on its own line. */
function exitCode(failures: readonly (Error | undefined)[]): number {
  const real = failures.filter(failure => failure !== undefined);
  for (const {message} of real) process.stderr.write(`demo: ${message}\n`);
  const [first] = real;
  if (first === undefined) return 0;
  return first instanceof InterruptedError ? 130 : 1;
}
