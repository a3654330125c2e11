import {isKubeFailure} from '../errors.ts';
import type {Cluster, ConfigMap, Pod} from '../kube/cluster.ts';
import {absentAsUndefined} from '../kube/resources.ts';
import {log} from '../log.ts';
import {ANNOTATION, LABEL, SESSION_ANNOTATION} from '../pod/labels.ts';
import {labelForm} from '../pod/names.ts';
import {isOver, laterOf, RUN_STATES, type Run} from './run.ts';

const COMPONENT = 'gc/component';
const STATE_LABEL = 'gc-k8s/run-state';

/** Selects the records of all runs: ConfigMaps `gc-run-<run id>`. */
export const RECORD_SELECTOR = `${COMPONENT}=session-result`;

/** On a record: the sequence number of its event in the event log. */
export const EVENT_ANNOTATION = 'gc-k8s/event-seq';

/** True for a pod whose run always gets a record, however it ends. */
export function isRecorded({metadata}: Pod): boolean {
  return metadata.annotations?.[ANNOTATION.retention] !== undefined;
}

export function recordName(id: string): string {
  return `gc-run-${id}`;
}

/** Creates the record of a run that has just begun; an existing one is left unchanged. */
export async function createRecord(cluster: Cluster, run: Run): Promise<void> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      await cluster.configMaps.create(recordObject(run));
      return;
    } catch (error) {
      if (isKubeFailure(error, 'exists')) return;
      await pauseAfter(error, attempt);
    }
  }
}

/** The ids of the runs whose records have no end yet. */
export async function idsOfOpenRecords(cluster: Cluster): Promise<ReadonlySet<string>> {
  const open = RUN_STATES.filter(state => !isOver(state)).join(',');
  const labelSelector = `${RECORD_SELECTOR},${STATE_LABEL} in (${open})`;
  const names: string[] = [];
  for await (const page of cluster.configMaps.list({labelSelector, metadataOnly: true})) {
    names.push(...page.items.map(({metadata}) => metadata.name));
  }
  return new Set(names.map(name => name.slice(recordName('').length)));
}

/**
 * Creates or updates the record of a run; a state never moves back. Returns the run as it is recorded
 * now.
 */
export async function saveRecord(cluster: Cluster, run: Run): Promise<Run> {
  for (let attempt = 0; ; attempt += 1) {
    const stored = await absentAsUndefined(cluster.configMaps.get(recordName(run.id)));
    try {
      if (!stored) {
        await cluster.configMaps.create(recordObject(run));
        return logged(run);
      }
      const before = runOfRecord(stored);
      const now = before ? laterOf(before, run) : run;
      if (before && now === before) return before;
      const {data, metadata} = recordObject(now);
      const labels = {...stored.metadata.labels, ...metadata.labels};
      await cluster.configMaps.replace({...stored, data, metadata: {...stored.metadata, labels}});
      return logged(now);
    } catch (error) {
      // Another process wrote or pruned it meanwhile: read it again.
      if (!isKubeFailure(error, 'exists', 'conflict', 'notFound')) await pauseAfter(error, attempt);
    }
  }
}

/**
 * Waits before retrying a write whose response was lost. Raises every other failure at once, and this one
 * after a second, which is all the time an interrupted start has left.
 */
async function pauseAfter(error: unknown, attempt: number): Promise<void> {
  if (attempt > 3 || !isKubeFailure(error) || !error.outcomeUnknown) throw error;
  await new Promise<void>(resolve => setTimeout(resolve, 50 * 2 ** attempt));
}

function logged(run: Run): Run {
  const {id: runId, session, pod, state, reason, exitCode, durationSeconds} = run;
  const end = {runId, session, pod, state, reason, exitCode, durationSeconds};
  if (isOver(state)) log.info('agent.finished', end);
  return run;
}

/** Annotates a record with the sequence number of its event; does nothing if the record is gone. */
export async function markEventRecorded(cluster: Cluster, id: string, seq: number): Promise<void> {
  for (;;) {
    const stored = await absentAsUndefined(cluster.configMaps.get(recordName(id)));
    if (!stored) return;
    const annotations = {...stored.metadata.annotations, [EVENT_ANNOTATION]: String(seq)};
    try {
      await cluster.configMaps.replace({...stored, metadata: {...stored.metadata, annotations}});
      return;
    } catch (error) {
      if (!isKubeFailure(error, 'conflict', 'notFound')) throw error;
    }
  }
}

/** The run in a record; undefined for an object that is not a record. */
export function runOfRecord({data}: ConfigMap): Run | undefined {
  try {
    const run = JSON.parse(data?.result ?? '') as Partial<Run>;
    return run.version === 1 && run.id !== undefined && run.state !== undefined
      ? (run as Run)
      : undefined;
  } catch {
    // Not written by us; ignored.
    return undefined;
  }
}

function recordObject(run: Run) {
  return {
    metadata: {
      name: recordName(run.id),
      labels: {
        [COMPONENT]: 'session-result',
        [LABEL.session]: labelForm(run.session),
        [STATE_LABEL]: run.state,
      },
      annotations: {[SESSION_ANNOTATION]: run.session},
    },
    data: {result: JSON.stringify(run)},
  };
}
