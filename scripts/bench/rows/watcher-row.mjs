import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {createInterface} from 'node:readline';
import {median} from '../stats.mjs';

/** How long before its `record` exits an event appears on a watcher's stdout. */
export async function seenByWatcher(bench, event) {
  const [node] = bench.nodes;
  const options = {program: 'gc-events-k8s', room: 'watched'};
  await bench.run(bench.ours(node, ['record'], {...options, stdin: event}));
  return {
    variants: [],
    fact: async () => {
      const {argv, env} = await bench.ours(node, ['watch', '0'], options);
      const watcher = spawn(argv[0], argv.slice(1), {env, stdio: ['ignore', 'pipe', 'inherit']});
      const lines = arrivals(watcher.stdout);
      await lines.next();
      const leads = [];
      const record = await bench.ours(node, ['record'], options);
      for (let round = 0; round < bench.settings.rounds; round++) {
        const exited = recorded(record, event);
        const {value: seenAt} = await lines.next();
        leads.push((await exited) - seenAt);
      }
      watcher.kill();
      return {
        name: `an event is seen by a watcher before its record has exited, ${node.label}`,
        value: `${median(leads).toFixed(1)} ms (median of ${leads.length})`,
        target: 'before it has exited',
        isMet: median(leads) > 0,
      };
    },
  };
}

/** The times at which lines arrive. */
async function* arrivals(stream) {
  const queue = [];
  let wake = () => undefined;
  createInterface({input: stream}).on('line', () => {
    queue.push(performance.now());
    wake();
  });
  for (;;) {
    if (queue.length === 0) await new Promise(resolve => (wake = resolve));
    yield queue.shift();
  }
}

/** Runs one `record`; returns the time of its exit. */
async function recorded({argv, env}, event) {
  const child = spawn(argv[0], argv.slice(1), {env, stdio: ['pipe', 'ignore', 'inherit']});
  const exit = once(child, 'exit').then(([exitCode]) => ({exitCode, at: performance.now()}));
  child.stdin.end(event);
  const {exitCode, at} = await exit;
  if (exitCode !== 0) throw new Error(`record: exit ${exitCode}`);
  return at;
}
