import type {RunState, StateChange} from './run.ts';
import {RUN_STATES} from './run.ts';

/** The report that PID 1 of the pod wrote (src/pod/scripts/supervisor.sh). */
export interface ReportedStatus {
  readonly state: RunState;
  readonly history: readonly StateChange[];
  readonly reason?: string;
  readonly exitCode?: number;
  readonly signal?: number;
  readonly workspaceBytes?: number;
  readonly lastLines: readonly string[];
}

/** Parses a container's termination message: a line of JSON, then the agent's last lines. Undefined when it is not ours. */
export function parseTerminationMessage(message: string | undefined): ReportedStatus | undefined {
  const [first = '', ...lines] = (message ?? '').split('\n');
  const status = parsed(first);
  if (status?.version !== 1 || !isState(status.state)) return undefined;
  return {
    state: status.state,
    history: changes(status.history),
    ...(typeof status.reason === 'string' ? {reason: status.reason} : {}),
    ...numbers(status, 'exitCode', 'signal', 'workspaceBytes'),
    lastLines: lines.map(line => line.trimEnd()).filter(line => line !== ''),
  };
}

function parsed(line: string): Record<string, unknown> | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    // Truncated, or written by another program.
    return undefined;
  }
}

function changes(history: unknown): StateChange[] {
  if (!Array.isArray(history)) return [];
  return (history as Partial<StateChange>[]).flatMap(({state, at}) =>
    isState(state) && typeof at === 'string' ? [{state, at}] : [],
  );
}

function numbers<N extends string>(
  status: Readonly<Record<string, unknown>>,
  ...names: N[]
): Partial<Record<N, number>> {
  const found = names.filter(name => Number.isSafeInteger(status[name]));
  return Object.fromEntries(found.map(name => [name, status[name]])) as Partial<Record<N, number>>;
}

function isState(value: unknown): value is RunState {
  return RUN_STATES.some(state => state === value);
}
