import tab, {type Command as Completed} from '@bomb.sh/tab';
import fillFrom from '@bomb.sh/tab/commander';
import type {Command as Commander} from 'commander';
import {nothing, text, type Reply} from '../../cli/operation.ts';
import {isKubeFailure, SettingsError} from '../../errors.ts';
import {contextsOf} from '../../kube/kubeconfig.ts';
import {openCluster} from '../../kube/open-cluster.ts';
import {log} from '../../log.ts';
import {Deadline} from '../../time/deadline.ts';
import {AGENT_SELECTOR} from '../../pod/labels.ts';
import {sessionOf} from '../../pod/state.ts';
import type {PeopleCall} from '../command.ts';
import {COMPLETE} from '../commands/completion.ts';
import {withConnectionFlags} from '../connection-flags.ts';

/** Nobody waits longer for a completion. */
const TIMEOUT_MS = 3_000;

/** The directive against completing file names. */
const WORDS_ONLY = ':4';

/** bash expands completions, so names with anything else are left out. */
const PLAIN = /^[\w./@:+-]+$/;

/**
 * Prints the completions of the words so far (the last may be partial or empty), one per line, and a
 * directive, as Cobra's `__complete` does.
 */
export async function complete(call: PeopleCall, tree: Commander): Promise<Reply> {
  const before = call.args.at(-2) ?? '';
  if (/^(-n|--namespace|--context)$/.test(before)) {
    const names = before === '--context' ? await contextNames(withConnectionFlags(call)) : [];
    return text([...names, WORDS_ONLY].map(line => `${line}\n`).join(''));
  }
  fillFrom(tree);
  // For the scripts, not for people.
  tab.commands.delete(COMPLETE);
  const takers = [...tab.commands].filter(([, command]) => command.arguments.has('session'));
  if (takers.some(([name]) => name.split(' ').every(word => call.args.includes(word)))) {
    const sessions = await sessionNames(withConnectionFlags(call));
    for (const [, command] of takers) offer(command, sessions);
  }
  tab.parse([...call.args]);
  return nothing;
}

function offer(command: Completed, sessions: readonly string[]): void {
  const argument = command.arguments.get('session');
  if (argument === undefined) return;
  argument.handler = add => {
    for (const session of sessions) add(session, '');
  };
}

async function contextNames({env}: PeopleCall): Promise<string[]> {
  try {
    return (await contextsOf(env)).filter(name => PLAIN.test(name));
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    log.warn('completion.contexts', {error: error.message});
    return [];
  }
}

/** Empty when the cluster does not answer: an error message would garble the line being typed. */
async function sessionNames(call: PeopleCall): Promise<string[]> {
  const deadline = new Deadline(TIMEOUT_MS, {parent: call.deadline.signal});
  try {
    const cluster = await openCluster('gc-k8s', {env: call.env, deadline});
    const names = new Set<string>();
    const query = {labelSelector: AGENT_SELECTOR, metadataOnly: true};
    for await (const page of cluster.pods.list(query)) {
      for (const pod of page.items) names.add(sessionOf(pod) ?? pod.metadata.name);
    }
    return [...names].filter(name => PLAIN.test(name));
  } catch (error) {
    if (!isKubeFailure(error) && !(error instanceof SettingsError)) throw error;
    log.warn('completion.sessions', {error: error.message});
    return [];
  } finally {
    deadline.clear();
  }
}
