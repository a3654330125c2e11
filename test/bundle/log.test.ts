import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, it} from 'vitest';
import {city} from './city.ts';
import {summary} from './program.ts';

const START = {
  command: 'claude --key planted-secret',
  lifecycle: 'one_shot',
  env: {MY_TOKEN: 'planted-secret'},
};

it('the log tells the life of a run, each line with its cluster, session and trace, without a secret', async () => {
  const own = await city();
  own.pod.launched = async call => {
    await call.stdout('pid 42\nready\n');
    return undefined;
  };
  const file = join(own.home, 'gc.jsonl');
  const traceId = '0af7651916cd43dd8448eb211c80319c';
  const TRACEPARENT = `00-${traceId}-b7ad6b7169203331-01`;
  const settings = {GC_K8S_LOG_LEVEL: 'info', GC_K8S_LOG_FILE: file, TRACEPARENT};
  const stdin = JSON.stringify(START);
  expect(summary(await own.run('start mayor', {stdin, settings}))).toBe('0 ');
  const {uid: runId, annotations} = own.pods()[0]?.metadata ?? {};
  expect(annotations).toMatchObject({'gc-k8s/traceparent': TRACEPARENT});
  own.dev.pod('mayor').end({exitCode: 3});
  expect(summary(await own.run('stop mayor', {settings}))).toBe('0 ');

  const text = readFileSync(file, 'utf8');
  expect(text).not.toContain('planted-secret');
  const lines = text
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as Record<string, unknown>);
  const component = 'gc-session-k8s';
  const every = {cluster: 'gc-dev-cluster', session: 'mayor', component, traceId};
  for (const line of lines) {
    expect(line).toMatchObject({...every, level: 'info', timestamp: expect.any(String) as string});
  }
  expect(lines).toMatchObject([
    {event: 'pod.created', operation: 'start', pod: 'mayor', runId},
    {event: 'workspace.created', path: '/workspace', cwd: '/workspace', runId},
    {event: 'agent.started', pid: 42, command: 'claude --key ***', cwd: '/workspace', runId},
    {event: 'operation.finished', exitCode: 0, durationMs: expect.any(Number) as number, runId},
    {event: 'agent.finished', operation: 'stop', state: 'failed', exitCode: 3, runId},
    {event: 'operation.finished', exitCode: 0},
  ]);
});
