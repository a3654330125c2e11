import {expect, it} from 'vitest';
import type {Pod} from '../../../src/kube/cluster.ts';
import type {LogLine} from '../../../src/kube/pod-log.ts';
import {withLastLines} from '../../../src/people/logs/removed-log.ts';

const ENDED =
  '{"version":1,"state":"failed","reason":"exit_code","exitCode":3,"history":[]}\nlast but one\nlast\n';

const podThatKeeps = (message: string): Pod => ({
  metadata: {name: 'mayor'},
  status: {containerStatuses: [{name: 'agent', state: {terminated: {exitCode: 3, message}}}]},
});

async function* log(...texts: string[]): AsyncGenerator<LogLine> {
  for (const text of texts) yield await Promise.resolve({time: 't', text});
}

async function read(lines: AsyncIterable<LogLine>, message: string) {
  const warnings: string[] = [];
  const shown: string[] = [];
  const told = withLastLines(lines, podThatKeeps(message), text => warnings.push(text));
  for await (const {text} of told) shown.push(text);
  return {shown, warnings};
}

it('a log is shown as it is', async () => {
  expect(await read(log('one', 'two'), ENDED)).toEqual({shown: ['one', 'two'], warnings: []});
});

it('of a removed container the pod’s last lines are shown, and no words of the kubelet', async () => {
  const removed = () => log('unable to retrieve container logs for containerd://12ab');
  expect(await read(removed(), ENDED)).toEqual({
    shown: ['last but one', 'last'],
    warnings: [expect.stringMatching(/^the log of pod mayor went with its container; these last/)],
  });
  expect(await read(removed(), '')).toEqual({
    shown: [],
    warnings: [expect.stringMatching(/; none of it is kept$/)],
  });
});
