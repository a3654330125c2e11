import type {Cluster} from '../kube/cluster.ts';
import type {Deadline} from '../time/deadline.ts';

/** A session and the way to it. */
export interface SessionPlace {
  readonly cluster: Cluster;
  readonly session: string;
  readonly deadline: Deadline;
}
