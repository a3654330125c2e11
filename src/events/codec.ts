import type {ConfigMap} from '../kube/cluster.ts';
import type {EventFields} from './event.ts';
import {readStoredEvent} from './event.ts';
import {labelForm} from './labels.ts';

/** Selects every object with a number: events, and the tombstones of abandoned numbers. */
export const NUMBERED = 'gc/component in (event,event-void)';

/** Selects those and the counter: everything a watcher needs. */
export const NUMBERED_AND_COUNTER = 'gc/component in (event,event-void,event-seq)';

/** Selects staged events: big ones that have no number yet. */
export const STAGED = 'gc/component=event-staged';

/** The id of the `record` call that wrote an event, by which its writer recognizes it. */
const RECORD_ANNOTATION = 'gc/record';

/** What is stored under a number. */
export interface Stored {
  readonly number: number;
  /** The id of the `record` call; absent for events of other providers. */
  readonly id: string | undefined;
  /** The event, in one line; absent for a tombstone, and for anything that is not a valid event. */
  readonly event: {readonly text: string; readonly fields: EventFields} | undefined;
}

/** `gc-evt-0000000042`: sorted by name, events are sorted by number. */
export function eventName(number: number): string {
  return `gc-evt-${padded(number)}`;
}

/** The number in ten digits. */
export function padded(number: number): string {
  return String(number).padStart(10, '0');
}

/** The number in an event's or a tombstone's name; undefined for any other name. */
export function numberOf(name: string): number | undefined {
  const digits = /^gc-evt-(\d{10,15})$/.exec(name)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** The ConfigMap of an event; immutable, so that no `kubectl apply` can change it. */
export function eventObject(number: number, id: string, text: string): ConfigMap {
  const fields = readStoredEvent(text, number)?.fields;
  return {
    ...object(eventName(number), 'event'),
    metadata: {
      name: eventName(number),
      labels: {
        ...componentLabels('event'),
        'gc/type': labelForm(fields?.type ?? '').value,
        'gc/actor': labelForm(fields?.actor ?? '').value,
      },
      annotations: {[RECORD_ANNOTATION]: id},
    },
    immutable: true,
    data: {event: text},
  };
}

/** The tombstone of a number whose writer died: a late `apply` of its event is refused. */
export function tombstoneObject(number: number): ConfigMap {
  return {...object(eventName(number), 'event-void'), immutable: true, data: {}};
}

/** The ConfigMap in which a big event is staged until it has its number. */
export function stagedObject(id: string, text: string): ConfigMap {
  return {...object(stagedName(id), 'event-staged'), immutable: true, data: {event: text}};
}

/** The name of the staging object of this `record` call. */
export function stagedName(id: string): string {
  return `gc-evtp-${id}`;
}

/** Reads an event or a tombstone; undefined for anything else, such as the counter. */
export function readStored(configMap: ConfigMap): Stored | undefined {
  const number = numberOf(configMap.metadata.name);
  if (number === undefined) return undefined;
  const id = configMap.metadata.annotations?.[RECORD_ANNOTATION];
  const text = configMap.data?.event;
  return {number, id, event: text === undefined ? undefined : readStoredEvent(text, number)};
}

/** The labels of every object of the log. */
export function componentLabels(component: string): Record<string, string> {
  return {'app.kubernetes.io/managed-by': 'gascity', 'gc/component': component};
}

function object(name: string, component: string): ConfigMap {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {name, labels: componentLabels(component)},
  };
}
