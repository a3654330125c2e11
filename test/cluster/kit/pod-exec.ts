import {WebSocket} from 'ws';
import type {Target} from '../../cluster-contract/api-client.ts';

export interface PodExecResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const PROTOCOL = 'v5.channel.k8s.io';

/** Runs a command in a pod's agent container by a plain WebSocket client: nothing of ours between. */
export async function execInPod(
  target: Target,
  pod: string,
  command: readonly string[],
): Promise<PodExecResult> {
  const url = new URL(
    `/api/v1/namespaces/${target.namespace}/pods/${pod}/exec?container=agent&stdout=true&stderr=true`,
    target.server,
  );
  for (const word of command) url.searchParams.append('command', word);
  const {ca, cert, key, headers} = target;
  const socket = new WebSocket(url, PROTOCOL, {
    headers,
    ...(ca === undefined ? {} : {ca}),
    ...(cert === undefined ? {} : {cert}),
    ...(key === undefined ? {} : {key}),
  });
  const channels: Buffer[][] = [[], [], [], []];
  await new Promise<void>((resolve, reject) => {
    socket.on('error', reject);
    socket.on('message', (data: Buffer) => {
      channels[data[0] ?? 0]?.push(data.subarray(1));
      if (data[0] === 3) socket.close();
    });
    socket.on('close', () => resolve());
  });
  const [, stdout, stderr, status] = channels.map(pieces => Buffer.concat(pieces).toString());
  if (!status) throw new Error(`exec in ${pod} ended without a status`);
  return {code: exitCode(status), stdout: stdout ?? '', stderr: stderr ?? ''};
}

interface Status {
  readonly status?: string;
  readonly message?: string;
  readonly details?: {causes?: readonly {reason: string; message: string}[]};
}

function exitCode(json: string): number {
  const {status, details, message} = JSON.parse(json) as Status;
  if (status === 'Success') return 0;
  const cause = details?.causes?.find(({reason}) => reason === 'ExitCode');
  if (!cause) throw new Error(`exec: ${message ?? json}`);
  return Number(cause.message);
}
