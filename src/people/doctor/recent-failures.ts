import type {Cluster, CoreEvent} from '../../kube/cluster.ts';
import {ageOf} from '../age.ts';
import {ok, warning} from './finding.ts';
import {TEST_POD_PREFIX} from './pods.ts';
import {within} from './context.ts';
import type {Check} from './check.ts';

const TIMEOUT_MS = 8_000;

const SHOWN = 3;

/** The newest Warning events about pods in the namespace, except doctor's own. */
export const recentFailures: Check = {
  names: ['recent failures'],
  needs: ['api server', 'namespace'],
  todo: 'let this account list events',
  async *run(context) {
    const {found, nowMs} = await within(context, TIMEOUT_MS, async cluster => ({
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
      `kubectl -n ${context.namespace} get events --field-selector type=Warning`,
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

/** A test pod fails on purpose when something is broken. */
function isOwn({involvedObject}: CoreEvent): boolean {
  return involvedObject?.name?.startsWith(TEST_POD_PREFIX) === true;
}

function timeOf({lastTimestamp, eventTime, metadata}: CoreEvent): string | undefined {
  return lastTimestamp ?? eventTime ?? metadata.creationTimestamp;
}

function wordsOf(event: CoreEvent): string {
  const pod = event.involvedObject?.name ?? 'a pod';
  const facts = [event.reason, event.message?.replace(/[\s:]+$/, '')];
  return `pod ${pod}: ${facts.filter(fact => fact !== undefined && fact !== '').join(': ')}`;
}
