import {once} from 'node:events';
import {createServer, type Server, type ServerResponse} from 'node:http';
import type {AddressInfo} from 'node:net';
import {nothing, type Reply} from '../cli/operation.ts';
import {runSettings} from '../config/run-settings.ts';
import {messageOf, SettingsError} from '../errors.ts';
import type {Cluster} from '../kube/cluster.ts';
import {log} from '../log.ts';
import {reconcileRecords, listRuns} from '../run/list-runs.ts';
import {Deadline} from '../time/deadline.ts';
import {nowMs} from '../time/now.ts';
import {collect} from './collect-metrics.ts';
import type {PeopleCall} from './command.ts';
import {recordDisruptions} from './watch-disruptions.ts';
import {recordResultEvents} from './result-events.ts';

/** Scrapes within this time share one response. */
const CACHE_MS = 2_000;

/** Below Prometheus's default scrape timeout of 10 s. */
const SCRAPE_MS = 9_000;

/**
 * Serves /metrics, /healthz and /livez until the call is interrupted. Each scrape also reconciles the records
 * of ended runs, so that records and events need no other process.
 */
export async function serveMetrics(
  call: PeopleCall,
  cluster: Cluster,
  {port, address}: {port: number; address: string},
): Promise<Reply> {
  const sizes = new Map<string, number>();
  const scrapeCached = cached(() => scrape(call, cluster, sizes));
  const server = createServer((request, response) => {
    const path = (request.url ?? '').split('?', 1)[0];
    // A restart does not help while only the cluster is unreachable.
    if (path === '/livez') {
      answer(response, 200, 'ok\n');
      return;
    }
    if (path !== '/metrics' && path !== '/healthz') {
      answer(response, 404, 'there is /metrics, /healthz and /livez\n');
      return;
    }
    scrapeCached().then(
      metrics => answer(response, 200, path === '/metrics' ? metrics : 'ok\n'),
      (error: unknown) => {
        const words = messageOf(error);
        log.error('metrics.failed', {error: words});
        answer(response, 503, `${words}\n`);
      },
    );
  });
  await listening(server, {port, address});
  const {port: bound} = server.address() as AddressInfo;
  const watching = recordDisruptions(cluster, call.deadline.signal);
  await call.print(`serving http://${address}:${bound}/metrics and /healthz\n`);
  await new Promise<void>(resolve => {
    call.deadline.signal.addEventListener('abort', () => resolve(), {once: true});
  });
  server.close();
  await watching;
  return nothing;
}

/** Raises SettingsError when the address cannot be bound. */
async function listening(
  server: Server,
  {port, address}: {port: number; address: string},
): Promise<void> {
  try {
    server.listen(port, address);
    await once(server, 'listening');
  } catch (error) {
    const why = messageOf(error);
    throw new SettingsError(
      `cannot serve on ${address}:${port} (${why}); choose another port with --serve, or another --address`,
      {cause: error},
    );
  }
}

async function scrape(
  call: PeopleCall,
  cluster: Cluster,
  sizes: Map<string, number>,
): Promise<string> {
  const deadline = new Deadline(SCRAPE_MS, {parent: call.deadline.signal});
  try {
    const within = cluster.within(deadline);
    const timed = {...call, deadline};
    const runs = await reconcileRecords(within, await listRuns(within));
    if (runSettings(call.env).resultEvents) {
      await recordResultEvents(timed, within, runs);
    }
    return await collect(timed, within, runs, sizes);
  } finally {
    deadline.clear();
  }
}

/** Shares one scrape between concurrent callers, and caches it for CACHE_MS. */
function cached(look: () => Promise<string>): () => Promise<string> {
  let last: Promise<string> | undefined;
  let staleMs = Infinity;
  return () => {
    if (last && nowMs() < staleMs) return last;
    staleMs = Infinity;
    last = look().finally(() => (staleMs = nowMs() + CACHE_MS));
    return last;
  };
}

function answer(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, {'Content-Type': 'text/plain; version=0.0.4; charset=utf-8'});
  response.end(body);
}
