/** Labels, annotations and names that Gas City's other Kubernetes providers use too: they must not change. */
export const LABEL = {app: 'app', session: 'gc-session', agent: 'gc-agent'} as const;
export const APP = 'gc-agent';
export const AGENT_CONTAINER = 'agent';
/** A container of this provider alone, and only in pods whose run gets a record. */
export const KEEPER_CONTAINER = 'keeper';
export const SESSION_ANNOTATION = 'gc-session-name';

/** Selects the pods of all agents, whichever provider made them. */
export const AGENT_SELECTOR = `${LABEL.app}=${APP}`;

/** Annotations of this provider alone. */
export const ANNOTATION = {
  /** On every pod we make: the id of the `start` that made it. */
  start: 'gc-k8s/start',
  /** When the agent was seen alive; without it the pod is still being started. */
  startedAt: 'gc-k8s/started-at',
  /** When the box was ready for an agent that gc starts itself. */
  provisionedAt: 'gc-k8s/provisioned-at',
  /** When the agent of a one-shot run was over before its start was. */
  endedAt: 'gc-k8s/ended-at',
  /** Of a run that gets a result record: which pods stay after their end (`GC_K8S_RETENTION`). */
  retention: 'gc-k8s/retention',
  /** The trace (W3C Trace Context) of the call that started it. */
  trace: 'gc-k8s/traceparent',
} as const;
