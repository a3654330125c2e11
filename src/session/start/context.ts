import type {V1Pod} from '@kubernetes/client-node';
import type {PodSettings} from '../../config/pod-settings.ts';
import type {Cluster, Pod} from '../../kube/cluster.ts';
import type {RunPolicy} from '../../pod/run-policy.ts';
import type {StagingPlan} from '../../pod/staging/plan.ts';
import type {Deadline} from '../../time/deadline.ts';
import type {StartRequest} from '../start-request.ts';

/** `start` starts the agent too; `provision` makes only the box that gc will start it in. */
export type StartMode = 'start' | 'provision';

/** Everything that is known of a start before the first request. */
export interface StartContext {
  readonly mode: StartMode;
  readonly session: string;
  readonly cluster: Cluster;
  readonly deadline: Deadline;
  readonly settings: PodSettings;
  readonly request: StartRequest;
  readonly policy: RunPolicy;
  /** The agent's work directory, as a path in the pod. */
  readonly workDirectory: string;
  readonly startId: string;
  /** The pod's manifest, under one of the session's possible names. */
  readonly manifest: (name: string) => V1Pod & {metadata: {name: string}};
  readonly plan: StagingPlan;
  /** Where the workspace's files are unpacked, if not in their place; see `setAside`. */
  readonly aside: string | undefined;
  readonly warn: (text: string) => void;
}

/** How far a start has come: what its steps tell each other, and what an error message needs. */
export interface Progress {
  /** The pod, once it is created: from then on a failure must delete it. */
  pod?: Pod;
  /** The name in the last create, which may have taken effect although its answer never came. */
  asked?: string;
  /** What is being done, for the message when the time is up or a signal comes. */
  step: string;
  /** True once the pod was told to stay: how it ends after that is no failure of the start. */
  isKept?: boolean;
  /** True once the launcher has failed: how the pod ends after that may be its consequence. */
  hasFailed?: boolean;
  /** The pod as the watch reported it last. */
  seen?: Pod;
  /** Settles when the run's record is created. */
  record?: Promise<void>;
  /** The last lines of the session's previous run, if its pod was still there. */
  lastLines?: string;
  /** The cluster's last reason why the start is not done yet. */
  lastReason?: string;
}
