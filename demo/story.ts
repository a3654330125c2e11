import {PodCommandError} from '../src/errors.ts';
import type {Cluster} from '../src/kube/cluster.ts';
import {podName} from '../src/pod/names.ts';
import {AGENTS, hasAnswered, isWaiting, timesTold, type Agent} from './agents.ts';
import type {City} from './city.ts';
import type {AgentView, CityEvent} from './show/scene.ts';
import type {Show} from './show/show.ts';

export interface Stage {
  readonly city: City;
  readonly cluster: Cluster;
  readonly show: Show;
  readonly signal: AbortSignal;
}

/** A step verifies its own claim: it returns what was observed, or raises. */
export interface StoryStep {
  readonly title: string;
  readonly run: (stage: Stage) => Promise<string>;
}

const [, VICTIM] = AGENTS;
const NAMES = AGENTS.map(({name}) => name).toSorted();

/** A day of a city, in half a minute. */
export const STORY: readonly StoryStep[] = [
  {title: 'open the event log', run: openLog},
  {title: 'start three agents', run: startAll},
  {title: 'nudge them', run: nudgeAll},
  {title: 'kill one pod', run: killOne},
  {title: 'start it again', run: startAgain},
];

/** The end, except with `--keep`. */
export const ENDING: readonly StoryStep[] = [{title: 'stop them all', run: stopAll}];

/** The last step, after everything else is recorded. */
export const REVIEW: StoryStep = {title: 'read the event log', run: readLog};

async function openLog(stage: Stage): Promise<string> {
  await stage.city.openLog(event => stage.show.event(event));
  await tell(stage, 'controller.started', '');
  return 'gc-events-k8s record, watch: the first event was seen';
}

async function startAll(stage: Stage): Promise<string> {
  for (const agent of AGENTS) stage.show.agent(view(agent, 'starting'));
  await Promise.all(AGENTS.map(agent => startOne(stage, agent)));
  expectSame('list-running', await stage.city.running(), NAMES);
  return 'gc-session-k8s start: each its pod, tmux and prompt';
}

async function startOne(stage: Stage, agent: Agent): Promise<void> {
  const {city, show, signal} = stage;
  await city.start(agent);
  const pane = city.watch(agent, lines => show.agent(view(agent, 'running', lines)));
  await Promise.all([
    tell(stage, 'session.woke', agent.name),
    pane.until('its prompt', isWaiting, signal),
  ]);
}

async function nudgeAll({city, show, signal}: Stage): Promise<string> {
  await Promise.all(
    AGENTS.map(async agent => {
      await city.nudge(agent);
      const answered = (pane: readonly string[]) => hasAnswered(pane, agent);
      await city.pane(agent).until(`an answer to "${agent.nudge}"`, answered, signal);
      const pane = await city.peek(agent);
      expectSame(`${agent.name} was told`, timesTold(pane, agent.nudge), 1);
      expectSame(`${agent.name} has answered`, hasAnswered(pane, agent), true);
      show.agent(view(agent, 'running', pane));
    }),
  );
  show.panes();
  return 'gc-session-k8s nudge, peek: each was told once and answered';
}

async function killOne(stage: Stage): Promise<string> {
  const {city, cluster, show, signal} = stage;
  const pane = city.pane(VICTIM).now;
  await city.unwatch(VICTIM);
  const sinceMs = performance.now();
  await cluster.pods.delete(podName(VICTIM.name), {gracePeriodSeconds: 0});
  while (await city.isRunning(VICTIM)) signal.throwIfAborted();
  const seconds = ((performance.now() - sinceMs) / 1000).toFixed(1);
  show.agent(view(VICTIM, 'gone', pane));
  const others = NAMES.filter(name => name !== VICTIM.name);
  expectSame('list-running', await city.running(), others);
  await tell(stage, 'session.crashed', VICTIM.name);
  return `${VICTIM.name} deleted; after ${seconds} s is-running said false`;
}

async function startAgain(stage: Stage): Promise<string> {
  await startOne(stage, VICTIM);
  expectSame('list-running', await stage.city.running(), NAMES);
  return `${VICTIM.name} has a new pod; all three run`;
}

async function stopAll(stage: Stage): Promise<string> {
  const {city, show} = stage;
  await Promise.all(
    AGENTS.map(async agent => {
      const pane = city.pane(agent).now;
      await city.unwatch(agent);
      await city.stop(agent);
      show.agent(view(agent, 'stopped', pane));
      await tell(stage, 'session.stopped', agent.name);
    }),
  );
  expectSame('list-running', await city.running(), []);
  return 'gc-session-k8s stop: list-running is empty';
}

async function readLog({city}: Stage): Promise<string> {
  const listed = await city.listed();
  const followed = city.events.now;
  expectSame(
    'the numbers of the log',
    listed.map(({seq}) => seq),
    listed.map((_, at) => at + 1),
  );
  expectSame('what the follower saw', followed, listed);
  return `${listed.length} events, numbered without a hole; the follower saw each once`;
}

/** Records an event, and waits until the watch has delivered it. */
async function tell({city, signal}: Stage, type: string, subject: string): Promise<void> {
  const among = (events: readonly CityEvent[]) =>
    events.filter(event => event.type === type && event.subject === subject).length;
  const before = among(city.events.now);
  await city.record(type, subject);
  await city.events.until(`${type} ${subject}`, events => among(events) > before, signal);
}

function view({name}: Agent, state: AgentView['state'], pane: readonly string[] = []): AgentView {
  return {name, state, pane};
}

/** Raises unless both are the same, as JSON. */
function expectSame(what: string, seen: unknown, wanted: unknown): void {
  const [left, right] = [JSON.stringify(seen), JSON.stringify(wanted)];
  if (left !== right) throw new PodCommandError(`${what}: ${left} instead of ${right}`);
}
