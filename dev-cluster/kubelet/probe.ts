import {request as httpRequest} from 'node:http';
import {request as httpsRequest} from 'node:https';
import {connect} from 'node:net';
import type {JsonObject} from '../json.ts';
import {numberAt, objectAt, objectsAt, stringAt, valueAt} from '../json.ts';

/** What a probe acts on. */
export interface ProbeTarget {
  readonly container: JsonObject;
  readonly podIP: string;
  /** Runs a command in the container; returns its exit code and output. */
  readonly exec: (
    command: readonly string[],
    signal: AbortSignal,
  ) => Promise<{readonly code: number; readonly output: string}>;
}

/** Probes once; returns why it failed, or undefined on success. */
export async function probeOnce(
  probe: JsonObject,
  target: ProbeTarget,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    if (probe.exec !== undefined) return await execProbe(probe, target, signal);
    if (probe.httpGet !== undefined)
      return await httpProbe(objectAt(probe, 'httpGet'), target, signal);
    if (probe.tcpSocket !== undefined)
      return await tcpProbe(objectAt(probe, 'tcpSocket'), target, signal);
    return 'this kind of probe is not offered by gc-dev-cluster';
  } catch (error) {
    if (signal.aborted) return 'timed out';
    return error instanceof Error ? error.message : String(error);
  }
}

async function execProbe(
  probe: JsonObject,
  {exec}: ProbeTarget,
  signal: AbortSignal,
): Promise<string | undefined> {
  const command = valueAt(probe, 'exec', 'command');
  const words = Array.isArray(command) ? command.map(String) : [];
  const {code, output} = await exec(words, signal);
  return code === 0 ? undefined : output.trim() || `command terminated with exit code ${code}`;
}

async function httpProbe(
  probe: JsonObject,
  target: ProbeTarget,
  signal: AbortSignal,
): Promise<string | undefined> {
  const isSecure = probe.scheme === 'HTTPS';
  const headers = Object.fromEntries(
    objectsAt(probe, 'httpHeaders').map(({name, value}) => [String(name), String(value)]),
  );
  const options = {
    host: stringAt(probe, 'host') ?? target.podIP,
    port: portOf(probe, target.container),
    path: stringAt(probe, 'path') ?? '/',
    headers: {'user-agent': 'kube-probe/1.34', ...headers},
    rejectUnauthorized: false,
    agent: false,
    signal,
  } as const;
  const code = await new Promise<number>((resolve, reject) => {
    const sent = (isSecure ? httpsRequest : httpRequest)(options, response => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    sent.on('error', reject);
    sent.end();
  });
  return code >= 200 && code < 400 ? undefined : `HTTP probe failed with statuscode: ${code}`;
}

async function tcpProbe(
  probe: JsonObject,
  target: ProbeTarget,
  signal: AbortSignal,
): Promise<string | undefined> {
  const host = stringAt(probe, 'host') ?? target.podIP;
  await new Promise<void>((resolve, reject) => {
    const socket = connect({host, port: portOf(probe, target.container), signal});
    socket.once('connect', () => {
      socket.destroy();
      resolve();
    });
    socket.once('error', reject);
  });
  return undefined;
}

/** A port may refer to a named port of the container. */
function portOf(probe: JsonObject, container: JsonObject): number {
  const port = numberAt(probe, 'port') ?? Number(stringAt(probe, 'port'));
  if (!Number.isNaN(port)) return port;
  const named = objectsAt(container, 'ports').find(({name}) => name === probe.port);
  return numberAt(named, 'containerPort') ?? 0;
}
