import {isKubeFailure} from '../../errors.ts';
import type {Reply} from '../../cli/operation.ts';
import type {Cluster, Pod} from '../../kube/cluster.ts';
import {openCluster} from '../../kube/open-cluster.ts';
import type {PeopleCall} from '../command.ts';
import {wantsJsonOrYaml, asJsonOrYaml} from '../format.ts';
import {recordSeenEnds} from '../record-seen-ends.ts';
import {widthOf} from '../terminal-size.ts';
import {agentView, type AgentView} from './agent-view.ts';
import {LastContact} from './last-contact.ts';
import {isWanted, readAgents, selectorOf, sorted} from './read-agents.ts';
import {asTable} from './rows.ts';
import {filterViews, emptyMessage, tableOptions, screenOfHeight} from './screen.ts';

/** A change of one agent; `pods` are all the pods after it. */
interface Change {
  readonly pods: readonly Pod[];
  /** The new or different pods; all of them the first time. */
  readonly changed: readonly Pod[];
  readonly isGone?: boolean;
}

/** Shows every change until interrupted: as a redrawn table on a terminal, elsewhere as a line per change. */
export async function watchStatus(call: PeopleCall): Promise<Reply> {
  const cluster = await openCluster('gc-k8s', call);
  const {output} = call.streams;
  const isScreen = widthOf(output) < Infinity && output.rows > 0 && !wantsJsonOrYaml(call.options);
  return isScreen ? redraw(call, cluster) : printLines(call, cluster);
}

/** The agents now, and again after each change; lists again when the watch expires (410). */
async function* changes(cluster: Cluster, sessions: readonly string[]): AsyncGenerator<Change> {
  for (;;) {
    const {pods, resourceVersion} = await readAgents(cluster, sessions);
    const known = new Map(pods.map(pod => [pod.metadata.name, pod]));
    yield {pods, changed: pods};
    try {
      for await (const event of cluster.pods.watch({...selectorOf(sessions), resourceVersion})) {
        if (event.type === 'BOOKMARK' || !isWanted(event.object, sessions)) continue;
        const isGone = event.type === 'DELETED';
        if (isGone) known.delete(event.object.metadata.name);
        else known.set(event.object.metadata.name, event.object);
        yield {pods: sorted([...known.values()]), changed: [event.object], isGone};
      }
    } catch (error) {
      if (!isKubeFailure(error, 'gone')) throw error;
    }
  }
}

async function redraw(call: PeopleCall, cluster: Cluster): Promise<never> {
  const {createLogUpdate} = await import('log-update');
  const update = createLogUpdate(call.streams.output);
  const {output} = call.streams;
  let pods: readonly Pod[] = [];
  const contact = new LastContact();
  const draw = () => {
    const nowMs = cluster.serverTimeMs();
    const views = viewsOf(pods, nowMs, call);
    const [{silence}, look] = [contact, tableOptions(call)];
    const shown =
      views.length > 0
        ? screenOfHeight(output.rows - (silence === undefined ? 0 : 1), views, nowMs, look)
        : emptyMessage(call, cluster.namespace);
    update(silence === undefined ? shown : `${shown.trimEnd()}\n${look.paint.yellow(silence)}`);
  };
  const follow = async (): Promise<never> => {
    for await (const change of changes(cluster, call.args)) {
      contact.heard();
      ({pods} = change);
      draw();
      await recordSeenEnds(call, cluster, change.changed);
    }
    throw new Error('a watch ended that has no end');
  };
  try {
    // Ages are shown in seconds, and terminals can redraw this often without flicker.
    return await Promise.race([follow(), contact.keepAsking(cluster, call.deadline.signal, draw)]);
  } finally {
    // Keeps the last screen and restores the cursor.
    update.done();
  }
}

async function printLines(call: PeopleCall, cluster: Cluster): Promise<never> {
  const contact = new LastContact();
  let isSilent = false;
  const warn = () => {
    const {silence} = contact;
    if (silence !== undefined && !isSilent) call.warn(silence);
    if (silence === undefined && isSilent) call.warn('the server answers again');
    isSilent = silence !== undefined;
  };
  const {signal} = call.deadline;
  const follow = printEach(call, cluster, contact);
  return Promise.race([follow, contact.keepAsking(cluster, signal, warn)]);
}

async function printEach(call: PeopleCall, cluster: Cluster, contact: LastContact): Promise<never> {
  const printed = new Map<string, string>();
  let isFirst = true;
  for await (const {pods, changed, isGone} of changes(cluster, call.args)) {
    contact.heard();
    const nowMs = cluster.serverTimeMs();
    const views = viewsOf(changed, nowMs, call).map(view => (isGone ? gone(view) : view));
    const changedViews = views.filter(view => {
      const words = [view.id, view.state, view.why, view.restarts].join();
      const isNews = printed.get(view.pod) !== words;
      printed.set(view.pod, words);
      return isNews;
    });
    if (changedViews.length > 0) {
      await call.print(
        await lines(changedViews, {call, nowMs, isFirst, all: viewsOf(pods, nowMs, call)}),
      );
      isFirst = false;
    }
    await recordSeenEnds(call, cluster, changed);
  }
  throw new Error('a watch ended that has no end');
}

function gone(view: AgentView): AgentView {
  return {...view, state: 'gone', why: 'its pod is gone'};
}

interface PrintContext {
  readonly call: PeopleCall;
  readonly nowMs: number;
  readonly isFirst: boolean;
  /** All agents, so that column widths stay the same. */
  readonly all: readonly AgentView[];
}

/** A document or a table line for each agent; the headings only once. */
async function lines(views: readonly AgentView[], moment: PrintContext): Promise<string> {
  const {call, nowMs, isFirst, all} = moment;
  if (wantsJsonOrYaml(call.options)) {
    const documents = await Promise.all(views.map(view => asJsonOrYaml(view, call.options)));
    return documents.map(document => (isYaml(call) ? `---\n${document}` : document)).join('');
  }
  const drawn = asTable([...all, ...views], nowMs, tableOptions(call))
    .trimEnd()
    .split('\n');
  const shown = [...(isFirst ? drawn.slice(0, 1) : []), ...drawn.slice(-views.length)];
  return shown.map(line => `${line}\n`).join('');
}

function viewsOf(pods: readonly Pod[], nowMs: number, call: PeopleCall): readonly AgentView[] {
  return filterViews(
    pods.map(pod => agentView(pod, nowMs)),
    call,
  );
}

function isYaml({options}: PeopleCall): boolean {
  return options.json !== true && options.output === 'yaml';
}
