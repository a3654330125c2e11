import {AgentDiedError, isKubeFailure, PodFailedError} from '../../errors.ts';
import type {Pod} from '../../kube/cluster.ts';
import {log} from '../../log.ts';
import {AGENT_CONTAINER, ANNOTATION} from '../../pod/labels.ts';
import {WORKSPACE} from '../../pod/paths.ts';
import {obstacle} from '../../pod/readiness.ts';
import receiveScript from '../../pod/scripts/receive.sh';
import {sleep} from '../../time/sleep.ts';
import {adoptMeta} from '../metadata.ts';
import type {Archive} from './archive.ts';
import type {Progress, StartContext} from './context.ts';
import {maskedRequest, planRunFiles, withoutSecrets} from './run-files.ts';

/** How soon the cluster tells of a container that has ended: the kubelet looks once a second. */
const TOLD_MS = 2500;

/** Exit codes of launch.sh. */
const FAILED = 91;
const AGENT_DIED = 92;

/** A command that a signal ended has a greater one. */
const SIGNALLED = 128;

/**
 * Starts the session in its pod by one exec, which unpacks the files, runs the setup commands, starts tmux
 * and waits until the agent is alive. The shell prints "up" when it runs, the launcher "unpacked" when it
 * begins, and "ready" when it is done ("ended" for an agent that has finished already). Then the pod is
 * annotated and "keep" is sent: without it the pod ends itself. Raises AgentDiedError or PodFailedError.
 */
export async function launch(
  context: StartContext,
  pod: Pod,
  progress: Progress,
  archive: Archive,
): Promise<void> {
  const said = new Listener();
  planRunFiles(context, pod, progress);
  const {length, pieces} = archive.of(context.plan);
  const result = await context.cluster.exec({
    pod: pod.metadata.name,
    container: AGENT_CONTAINER,
    command: ['sh', '-c', receiveScript, 'gc', String(length), context.aside ?? ''],
    stdin: input(context, pod, progress, {said, pieces}),
    onStdout: piece => said.hear(piece),
    onStderr: piece => said.note(piece),
  });
  said.end();
  // What an agent or a setup command printed last may be a secret.
  const masked = (text: string) => withoutSecrets(context.request, text);
  progress.hasFailed = result.exitCode !== 0;
  await report(context, progress, {
    exitCode: result.exitCode,
    stdout: masked(said.text),
    stderr: masked(said.notes),
  });
}

interface Exchange {
  readonly said: Listener;
  readonly pieces: () => AsyncIterable<Buffer>;
}

async function* input(
  context: StartContext,
  pod: Pod,
  progress: Progress,
  {said, pieces}: Exchange,
) {
  await said.word('up');
  progress.step = 'copying files into the pod';
  for await (const piece of pieces()) {
    if (said.has('refused')) return;
    yield piece;
  }
  progress.step = context.mode === 'start' ? 'starting the agent' : 'preparing the pod';
  const word = await said.word('ready', 'ended', 'refused');
  // The pod could not unpack them, and waits for the end of stdin to say so.
  if (word === 'refused') return;
  tell(context, word, said.text);
  await mark(context, pod, word);
  progress.isKept = true;
  yield Buffer.from('keep\n');
}

/** The log's event for each outcome. */
const LAUNCHED = {
  start: 'agent.started',
  provision: 'box.provisioned',
  ended: 'agent.ended',
} as const;

function tell(
  {mode, plan, request, workDirectory}: StartContext,
  word: string,
  said: string,
): void {
  log.info('workspace.created', {
    ...{path: WORKSPACE, cwd: workDirectory},
    ...{entries: plan.entries.size, bytes: plan.bytes},
  });
  const pid = /^pid (\d+)$/m.exec(said)?.[1];
  log.info(LAUNCHED[word === 'ended' ? 'ended' : mode], {
    ...(pid === undefined ? {} : {pid: Number(pid)}),
    ...(mode === 'provision' ? {} : {command: maskedRequest(request).command}),
    cwd: workDirectory,
  });
}

/** Annotates the pod, so that from now on its own state says that the session runs. */
async function mark(
  {cluster, session, deadline, mode}: StartContext,
  made: Pod,
  word: string,
): Promise<void> {
  const now = new Date(cluster.serverTimeMs()).toISOString();
  const name = mode === 'provision' ? ANNOTATION.provisionedAt : ANNOTATION.startedAt;
  const annotations = {[name]: now, ...(word === 'ended' ? {[ANNOTATION.endedAt]: now} : {})};
  const {uid, name: pod} = made.metadata;
  const marked = await cluster.pods.patch(pod, {
    type: 'merge',
    body: {metadata: {uid, annotations}},
  });
  if (word === 'ready') await adoptMeta({cluster, session, deadline}, marked.metadata.annotations);
}

/** What the launcher says: words on stdout, which can be awaited, and notes on stderr. */
class Listener {
  readonly #stdout: Buffer[] = [];
  readonly #stderr: Buffer[] = [];
  #changed: () => void = () => undefined;
  #ended = false;

  hear(piece: Buffer): void {
    this.#stdout.push(piece);
    this.#changed();
  }

  note(piece: Buffer): void {
    this.#stderr.push(piece);
  }

  /** All of stdout so far. Decoded as one: a character may have come in two pieces. */
  get text(): string {
    return Buffer.concat(this.#stdout).toString();
  }

  get notes(): string {
    return Buffer.concat(this.#stderr).toString();
  }

  /** The exec is over: whoever still waits for a word never gets one, and is let go with the process. */
  end(): void {
    this.#ended = true;
  }

  has(word: string): boolean {
    return this.text.split('\n').includes(word);
  }

  /** Waits until one of these words was said, as a line. */
  async word(...words: string[]): Promise<string> {
    for (;;) {
      const heard = this.text.split('\n').find(line => words.includes(line));
      if (heard !== undefined && !this.#ended) return heard;
      await new Promise<void>(resolve => (this.#changed = resolve));
    }
  }
}

/** How the exec of the launcher ended, with no secret in what it said. */
interface Ended {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Hands on the warnings; raises what an exit code other than 0 means. */
async function report(
  context: StartContext,
  progress: Progress,
  {exitCode, stdout, stderr}: Ended,
): Promise<void> {
  const lines = stderr.split('\n').filter(line => line !== '');
  for (const line of lines) {
    if (line.startsWith('warning: ')) context.warn(line.slice('warning: '.length));
  }
  if (exitCode === 0) return;
  const cause = lines.findLast(line => !line.startsWith('warning: ')) ?? '';
  if (exitCode === AGENT_DIED) throw new AgentDiedError(deathMessage(stdout));
  if (exitCode === FAILED) throw new PodFailedError(cause);
  const end = exitCode > SIGNALLED ? await endOf(context, progress) : '';
  // A pod whose launcher alone was killed is ended by what is left of that, as "Error".
  if (end !== '' && !end.startsWith('the pod ended: Error')) throw new PodFailedError(end);
  const why = [cause, end].filter(words => words !== '').join('; ') || 'no reason given';
  if (stdout.split('\n').includes('unpacked')) {
    throw new PodFailedError(
      `the launcher in the pod ended before the session was up (exit code ${exitCode}): ${why}; look at what pre_start and the setup commands end, and at the memory limit`,
    );
  }
  throw new PodFailedError(
    `the files could not be unpacked in the pod (exit code ${exitCode}): ${why}; the image needs sh, head and tar, and space in /workspace`,
  );
}

/** Why the container was killed, in the cluster's words; empty when it goes on, or nothing can be learned. */
async function endOf({cluster, deadline}: StartContext, progress: Progress): Promise<string> {
  const {pod} = progress;
  if (!pod) return '';
  for (let waitedMs = 0; waitedMs < TOLD_MS; waitedMs += 100) {
    await sleep(100, deadline.signal);
    const said = progress.seen && obstacle(progress.seen);
    if (said?.isFinal) return said.reason;
  }
  try {
    return obstacle(await cluster.pods.get(pod.metadata.name))?.reason ?? '';
  } catch (error) {
    if (isKubeFailure(error)) return '';
    throw error;
  }
}

/** The message for an agent that died, from launch.sh's output: "exit code N", then the screen. */
function deathMessage(stdout: string): string {
  const [code = '', ...screen] = stdout.slice(stdout.indexOf('exit code')).trim().split('\n');
  const last = screen
    .map(line => line.trim())
    .filter(line => line !== '' && !line.startsWith('Pane is dead ('))
    .slice(-10);
  const words = last.length === 0 ? 'it printed nothing' : `its last output: ${last.join(' | ')}`;
  return `the agent ended while it was started (${code}); ${words}; check the command and the image`;
}
