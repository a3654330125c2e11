import {lines, type Call} from '../../cli/operation.ts';
import {AGENT_SELECTOR} from '../../pod/labels.ts';
import {sessionOf, sessionState} from '../../pod/state.ts';
import type {Question} from '../ask-terminals.ts';
import {connected} from '../operation.ts';

export const operation = async (call: Call) => {
  const [prefix = ''] = call.args;
  const cluster = await connected(call);
  const {deadline, warn} = call;
  const found: Question[] = [];
  for await (const page of cluster.pods.list({labelSelector: AGENT_SELECTOR})) {
    for (const pod of page.items) {
      const session = sessionOf(pod);
      if (session?.startsWith(prefix)) found.push({session, pod});
    }
  }
  const running = new Set(found.filter(({pod}) => sessionState(pod) === 'running'));
  const unknown = found.filter(({pod}) => sessionState(pod) === 'unknown');
  if (unknown.length > 0) {
    const {withTerminal} = await import('../ask-terminals.ts');
    for (const one of await withTerminal({cluster, deadline}, unknown, warn)) running.add(one);
  }
  return lines([...new Set(found.filter(each => running.has(each)).map(({session}) => session))]);
};
