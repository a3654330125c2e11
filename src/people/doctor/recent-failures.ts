import type {Cluster, CoreEvent} from '../../kube/cluster.ts';
import {ageOf} from '../age.ts';
import {ok, warning} from './finding.ts';
import {THROW_AWAY} from './pods.ts';
import {within} from './visit.ts';
import type {Link} from './link.ts';

const LOOK_MS = 8_000;

const SHOWN = 3;

/** The newest warnings about pods in the namespace, doctor's own aside: what went wrong before anybody looked. */
export const recentFailures: Link = {
  names: ['recent failures'],
  needs: ['api server', 'namespace'],
  todo: 'let this account list events',
  async *check(visit) {
    const {found, nowMs} = await within(visit, LOOK_MS, async cluster => ({
      found: await warnings(cluster),
      nowMs: cluster.serverTimeMs(),
    }));
    if (found.length === 0) {
      yield ok('recent failures', 'no warning about a pod in what the cluster remembers (an hour)');
      return;
    }
    const words = found
      .slice(0, SHOWN)
      .map(event => `${ageOf(timeOf(event), nowMs)} ago ${wordsOf(event)}`);
    const more = found.length > SHOWN ? `; and ${found.length - SHOWN} more` : '';
    yield warning(
      'recent failures',
      `${words.join('; ')}${more}`,
      `kubectl -n ${visit.namespace} get events --field-selector type=Warning`,
    );
  },
};

async function warnings(cluster: Cluster): Promise<CoreEvent[]> {
  const events: CoreEvent[] = [];
  const fieldSelector = 'type=Warning,involvedObject.kind=Pod';
  for await (const page of cluster.events.list({fieldSelector})) {
    events.push(...page.items.filter(event => !isOwn(event)));
  }
  return events.sort((a, b) => Date.parse(timeOf(b) ?? '') - Date.parse(timeOf(a) ?? ''));
}

/** A throw-away pod is there to fail where something is broken. */
function isOwn({involvedObject}: CoreEvent): boolean {
  return involvedObject?.name?.startsWith(THROW_AWAY) === true;
}

function timeOf({lastTimestamp, eventTime, metadata}: CoreEvent): string | undefined {
  return lastTimestamp ?? eventTime ?? metadata.creationTimestamp;
}

function wordsOf(event: CoreEvent): string {
  const pod = event.involvedObject?.name ?? 'a pod';
  const facts = [event.reason, event.message?.replace(/[\s:]+$/, '')];
  return `pod ${pod}: ${facts.filter(fact => fact !== undefined && fact !== '').join(': ')}`;
}
