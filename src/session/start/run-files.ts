import {posix} from 'node:path';
import type {Pod} from '../../kube/cluster.ts';
import {isSecretName, secretsIn} from '../../pod/environment.ts';
import {CONTEXT, RUN} from '../../pod/paths.ts';
import {LAUNCHER} from '../../pod/staging/launch-files.ts';
import type {StartRequest} from '../start-request.ts';
import type {Progress, StartContext} from './context.ts';

/**
 * Plans the files that need to know the pod: the run's id and limits for PID 1, and the context files for
 * the agent. May be called again for another try.
 */
export function planRunFiles(context: StartContext, pod: Pod, progress: Progress): void {
  const {plan, policy} = context;
  const now = stamp(new Date(context.cluster.serverTimeMs()));
  const text = (path: string, content: string) =>
    plan.put(path, {kind: 'text', content: Buffer.from(content), mode: 0o600});
  const json = (name: string, value: object) =>
    text(posix.join(CONTEXT, name), `${JSON.stringify(value, undefined, 2)}\n`);
  const id = pod.metadata.uid ?? '';
  const history = [
    {state: 'created', at: pod.metadata.creationTimestamp ?? now},
    {state: 'starting', at: now},
  ];
  const status = JSON.stringify({version: 1, id, state: 'starting', history});
  text(`${RUN}/status.json`, `${status}\n`);
  text(`${RUN}/run`, runFile(id, JSON.stringify(history).slice(1, -1), policy));
  json('session.json', sessionFacts(context, pod, now));
  json('start.json', maskedRequest(context.request));
  json('cluster.json', clusterFacts(context, progress));
  if (progress.lastLines !== undefined) text(`${CONTEXT}/previous.log`, progress.lastLines);
  // The launcher stays the last file: without it the stream did not come whole.
  const launcher = plan.entries.get(LAUNCHER);
  if (launcher) plan.put(LAUNCHER, launcher);
}

/** Variables that PID 1 and output.sh read with `.`. No value has a single quote: numbers, a uid, our own JSON. */
function runFile(id: string, history: string, policy: StartContext['policy']): string {
  return [
    `run_id='${id}'`,
    `history='${history}'`,
    `time_limit=${policy.timeLimit} grace=${policy.grace} output_limit=${policy.outputLimit}`,
    '',
  ].join('\n');
}

function sessionFacts(context: StartContext, pod: Pod, startedAt: string): object {
  const {session, request, settings, cluster, workDirectory, policy, plan} = context;
  const {GC_ALIAS: alias, GC_AGENT: agent, GC_CITY: city} = request.env ?? {};
  return {
    name: session,
    runId: pod.metadata.uid,
    agent: alias ?? agent,
    city,
    namespace: cluster.namespace,
    pod: pod.metadata.name,
    image: settings.image,
    workDir: workDirectory,
    startedAt,
    lifecycle: request.lifecycle,
    timeLimitSeconds: policy.timeLimit,
    sources: plan.sources,
  };
}

function clusterFacts({cluster, settings}: StartContext, {seen}: Progress): object {
  const {cpuRequest, cpuLimit, memoryRequest, memoryLimit} = settings;
  return {
    namespace: cluster.namespace,
    node: seen?.spec?.nodeName,
    resources: {
      requests: {cpu: cpuRequest.text, memory: memoryRequest.text},
      limits: {cpu: cpuLimit.text, memory: memoryLimit.text},
    },
  };
}

/** The start JSON with its secrets masked, also where another field repeats their values. */
export function maskedRequest(request: StartRequest): StartRequest {
  const text = JSON.stringify(request, (name: string, value: unknown) => {
    if (typeof value !== 'string') return value;
    if (isSecretName(name)) return '***';
    return withoutSecrets(request, value);
  });
  return JSON.parse(text) as StartRequest;
}

/** A text with `***` for every secret in the start JSON's variables. */
export function withoutSecrets({env = {}}: StartRequest, text: string): string {
  return secretsIn(env).reduce((masked, secret) => masked.replaceAll(secret, '***'), text);
}

/** RFC 3339 in whole seconds, as Kubernetes writes its own times. */
function stamp(time: Date): string {
  return time.toISOString().replace(/\.\d+Z$/, 'Z');
}
