import {mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import standIn from './agent.sh';
import type {Agent} from './agents.ts';
import {Feed} from './feed.ts';
import type {Executable, Following, Gc} from './gc.ts';
import type {CityEvent} from './show/scene.ts';

/** The position before the first event, from which `watch` starts. */
const BEFORE_FIRST = '0';

/** The demo's city: calls the operations of the two protocols as gc does. */
export class City {
  readonly events = new Feed<readonly CityEvent[]>('the event log', []);
  readonly #gc: Gc;
  readonly #panes = new Map<string, Feed<readonly string[]>>();
  readonly #following = new Map<string, Following>();
  readonly #directory: string;

  /** @param directory where the agents' work directories are created */
  constructor(gc: Gc, directory: string) {
    this.#gc = gc;
    this.#directory = directory;
  }

  /** Creates the log's counter and follows the log from its beginning. */
  async openLog(onEvent: (event: CityEvent) => void): Promise<void> {
    await this.#gc.call('gc-events-k8s', ['ensure-running']);
    this.#follow('log', 'gc-events-k8s', ['watch', BEFORE_FIRST], {
      onLine: line => {
        const event = JSON.parse(line) as CityEvent;
        this.events.push([...this.events.now, event]);
        onEvent(event);
      },
      feed: this.events,
    });
  }

  async record(type: string, subject: string, message = ''): Promise<void> {
    const event = {type, actor: 'demo', subject, message};
    await this.#gc.call('gc-events-k8s', ['record'], JSON.stringify(event));
  }

  /** Every event, from `list`. */
  async listed(): Promise<readonly CityEvent[]> {
    return JSON.parse(await this.#gc.call('gc-events-k8s', ['list'], '{}')) as CityEvent[];
  }

  /** Starts the agent with a local work directory that contains the stand-in's script. */
  async start(agent: Agent): Promise<void> {
    const request = {
      work_dir: this.#workDirectory(agent),
      command: 'sh ./agent.sh',
      env: {GC_AGENT: agent.name},
    };
    await this.#gc.call('gc-session-k8s', ['start', agent.name], JSON.stringify(request));
  }

  /** Watches the agent's terminal, as gc does during startup. */
  watch({name}: Agent, onPane: (pane: readonly string[]) => void): Feed<readonly string[]> {
    const feed = new Feed<readonly string[]>(name, []);
    this.#panes.set(name, feed);
    this.#follow(name, 'gc-session-k8s', ['watch-startup', name], {
      onLine: line => {
        const {content} = JSON.parse(line) as {content: string};
        const pane = content.split('\n');
        feed.push(pane);
        onPane(pane);
      },
      feed,
    });
    return feed;
  }

  pane({name}: Agent): Feed<readonly string[]> {
    const feed = this.#panes.get(name);
    if (feed === undefined) throw new Error(`${name} is not watched`);
    return feed;
  }

  /** Stops watching the agent's terminal, because it is expected to end. */
  async unwatch({name}: Agent): Promise<void> {
    await this.#following.get(name)?.end();
    this.#following.delete(name);
  }

  async nudge({name, nudge}: Agent): Promise<void> {
    await this.#gc.call('gc-session-k8s', ['nudge', name], nudge);
  }

  /** The agent's whole terminal. */
  async peek({name}: Agent): Promise<string[]> {
    return (await this.#gc.call('gc-session-k8s', ['peek', name, '0'])).split('\n');
  }

  async isRunning({name}: Agent): Promise<boolean> {
    return (await this.#gc.call('gc-session-k8s', ['is-running', name])).trim() === 'true';
  }

  /** The names of all running sessions, sorted. */
  async running(): Promise<string[]> {
    const names = await this.#gc.call('gc-session-k8s', ['list-running', '']);
    return names.split('\n').filter(Boolean).toSorted();
  }

  async stop({name}: Agent): Promise<void> {
    await this.#gc.call('gc-session-k8s', ['stop', name]);
  }

  /** Ends every running call. */
  async close(): Promise<void> {
    await this.#gc.close();
  }

  #follow(
    key: string,
    program: Executable,
    words: string[],
    {onLine, feed}: {onLine: (line: string) => void; feed: {fail: (error: Error) => void}},
  ): void {
    const onEnd = (why: string) => feed.fail(new Error(why));
    this.#following.set(key, this.#gc.follow(program, words, {onLine, onEnd}));
  }

  #workDirectory({name, task}: Agent): string {
    const directory = join(this.#directory, name);
    mkdirSync(directory, {recursive: true});
    writeFileSync(join(directory, 'agent.sh'), standIn);
    writeFileSync(join(directory, 'TASK.md'), `${task}\n`);
    return directory;
  }
}
