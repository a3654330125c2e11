import type {Cluster} from '../../kube/cluster.ts';
import {atMost} from '../../time/at-most.ts';
import type {Deadline} from '../../time/deadline.ts';
import {lastActivity} from '../../tmux/pane.ts';
import type {AgentView} from './agent-view.ts';

/** Concurrent execs that a node handles without stalling (performance.md, section 5). */
const EXECS_AT_ONCE = 8;

/** Adds the last activity of the running agents' terminals, by one exec each. */
export function withActivity(
  views: readonly AgentView[],
  {cluster, deadline}: {cluster: Cluster; deadline: Deadline},
): Promise<AgentView[]> {
  return atMost(EXECS_AT_ONCE, views, async view => {
    if (view.state !== 'running') return view;
    const seconds = await lastActivity({cluster, session: view.session, deadline});
    if (seconds === undefined) return view;
    const time = new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
    return {...view, lastActivity: time};
  });
}
