import type {Cluster} from '../kube/cluster.ts';
import type {Deadline} from '../time/deadline.ts';

/** A session, the cluster it is in, and how long may be spent on it. */
export interface SessionPlace {
  readonly cluster: Cluster;
  readonly session: string;
  readonly deadline: Deadline;
}
