import {lines, type Call} from '../../cli/operation.ts';
import type {Pod} from '../../kube/cluster.ts';
import {AGENT_SELECTOR} from '../../pod/labels.ts';
import {sessionOf, sessionState} from '../../pod/state.ts';
import {atMost} from '../../time/at-most.ts';
import {connected} from '../operation.ts';

/** Execs that a node takes without stalling (performance.md, section 5). */
const EXECS_AT_ONCE = 8;

export const operation = async (call: Call) => {
  const [prefix = ''] = call.args;
  const cluster = await connected(call);
  const {deadline} = call;
  const found: {session: string; pod: Pod}[] = [];
  for await (const page of cluster.pods.list({labelSelector: AGENT_SELECTOR})) {
    for (const pod of page.items) {
      const session = sessionOf(pod);
      if (session?.startsWith(prefix)) found.push({session, pod});
    }
  }
  const running = await atMost(EXECS_AT_ONCE, found, async ({session, pod}) => {
    const state = sessionState(pod);
    if (state !== 'unknown') return state === 'running';
    const {hasTerminal} = await import('../../tmux/pane.ts');
    return hasTerminal({cluster, session, deadline}, pod.metadata.name);
  });
  return lines([...new Set(found.filter((_, at) => running[at]).map(({session}) => session))]);
};
