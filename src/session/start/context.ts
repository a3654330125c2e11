import type {V1Pod} from '@kubernetes/client-node';
import type {PodSettings} from '../../config/pod-settings.ts';
import type {Cluster, Pod} from '../../kube/cluster.ts';
import type {RunPolicy} from '../../pod/run-policy.ts';
import type {StagingPlan} from '../../pod/staging/plan.ts';
import type {Deadline} from '../../time/deadline.ts';
import type {StartRequest} from '../start-request.ts';

/** Whether the agent is started too, or only the box for it. */
export type StartMode = 'start' | 'provision';

/** All that `start` knows before it asks the cluster for anything. */
export interface StartContext {
  readonly mode: StartMode;
  readonly session: string;
  readonly cluster: Cluster;
  readonly deadline: Deadline;
  readonly settings: PodSettings;
  readonly request: StartRequest;
  readonly policy: RunPolicy;
  /** Of the agent, in the pod. */
  readonly workDirectory: string;
  readonly startId: string;
  /** The pod under one of the session's possible names. */
  readonly manifest: (name: string) => V1Pod & {metadata: {name: string}};
  readonly plan: StagingPlan;
  readonly warn: (text: string) => void;
}

/** What the steps hand on. */
export interface Progress {
  /** Set as soon as the server has it: from then on failing means deleting. */
  pod?: Pod;
  /** The name that a create was sent for, whose answer may still be on its way. */
  asked?: string;
  /** The step at work, for the error of a deadline or a signal. */
  step: string;
  /** The pod was told to keep itself: what becomes of it now is no failure of its start. */
  isKept?: boolean;
  /** The pod as the watch showed it last. */
  seen?: Pod;
  /** The opening of the run's record, under way. */
  record?: Promise<void>;
  /** The last lines of the session's previous run, if its pod was still there. */
  lastLines?: string;
  /** What the cluster said last about why it is not done yet. */
  lastReason?: string;
}
