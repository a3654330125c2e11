import {readFileSync} from 'node:fs';
import {expect, test} from 'vitest';
import {ExecClient, clientOf, devCluster, execQuery, podUntil, runningPod} from './kit.ts';

const success = '{"metadata":{},"status":"Success"}';
const shell = (script: string): string[] => ['sh', '-c', script];

test('a command runs as a local process with the environment of its pod', async () => {
  const cluster = await devCluster();
  await runningPod(clientOf(cluster), 'box');
  const exec = new ExecClient(
    cluster,
    execQuery('box', shell('echo $COLOUR; echo bad >&2; exit 3')),
  );
  const {frames, closeCode} = await exec.ended();
  expect(frames[0]).toBe('1: ');
  expect(frames).toContain('1: red\n');
  expect(frames).toContain('2: bad\n');
  expect(JSON.parse(frames.at(-1)?.slice(3) ?? '')).toEqual({
    metadata: {},
    status: 'Failure',
    message: 'command terminated with non-zero exit code: command terminated with exit code 3',
    reason: 'NonZeroExitCode',
    details: {causes: [{reason: 'ExitCode', message: '3'}]},
  });
  expect(closeCode).toBe(1000);
});

test('stdin flows until the half close, and large data comes back whole', async () => {
  const cluster = await devCluster();
  await runningPod(clientOf(cluster), 'box');
  const exec = new ExecClient(cluster, execQuery('box', ['cat'], 'stdin=1&stdout=1'));
  await exec.opened();
  const piece = 'x'.repeat(64 * 1024);
  for (let count = 0; count < 64; count += 1) exec.send(0, piece);
  exec.endStdin();
  const {output, status} = await exec.ended();
  expect([output.length, status]).toEqual([4 * 1024 * 1024, success]);
});

test('a killed command has 128 and its signal; a missing one no exit code', async () => {
  const cluster = await devCluster();
  await runningPod(clientOf(cluster), 'box');
  const killed = await new ExecClient(cluster, execQuery('box', shell('kill -9 $$'))).ended();
  expect(killed.status).toContain('"message":"137"');
  const missing = await new ExecClient(cluster, execQuery('box', ['no-such-command'])).ended();
  expect(missing.status).toContain('executable file not found in $PATH');
  expect(missing.status).toContain('"reason":"InternalError"');
  expect(missing.status).not.toContain('ExitCode');
});

test('what the API server knows is refused before the upgrade', async () => {
  const cluster = await devCluster({onPod: (_pod, control) => (control.unschedulable(), true)});
  const client = clientOf(cluster);
  await podUntil(client, 'waiting', status => status.includes('Unschedulable'));
  const missing = await new ExecClient(cluster, execQuery('none', ['true'])).refused();
  expect([missing.status, missing.text]).toEqual([
    404,
    expect.stringContaining('pods \\"none\\" not found'),
  ]);
  const unplaced = await new ExecClient(cluster, execQuery('waiting', ['true'])).refused();
  expect([unplaced.status, unplaced.text]).toEqual([
    400,
    expect.stringContaining('pod waiting does not have a host assigned'),
  ]);
  const unknown = execQuery('waiting', ['true']).replace('container=agent', 'container=other');
  expect((await new ExecClient(cluster, unknown).refused()).text).toContain(
    'container other is not valid for pod waiting',
  );
  cluster.access.deny({verb: 'get', resource: 'pods', subresource: 'exec'});
  const forbidden = await new ExecClient(cluster, execQuery('waiting', ['true'])).refused();
  expect([forbidden.status, forbidden.text]).toEqual([
    403,
    expect.stringContaining('cannot get resource \\"pods/exec\\"'),
  ]);
});

test('a container that does not run is refused after the upgrade', async () => {
  const cluster = await devCluster({
    onPod: (_pod, control) => (control.wait('ContainerCreating'), true),
  });
  await podUntil(clientOf(cluster), 'box', status => status.includes('ContainerCreating'));
  const {frames, status, closeCode} = await new ExecClient(
    cluster,
    execQuery('box', ['true']),
  ).ended();
  expect(frames[0]).toBe('1: ');
  expect(JSON.parse(status)).toEqual({
    metadata: {},
    status: 'Failure',
    message: 'Internal error occurred: unable to upgrade connection: container not found ("agent")',
    reason: 'InternalError',
    details: {causes: [{message: 'unable to upgrade connection: container not found ("agent")'}]},
    code: 500,
  });
  expect(closeCode).toBe(1000);
});

test('a test runs the exec itself, with tty, sizes and any status', async () => {
  const cluster = await devCluster({
    exec: async ({command, tty, stdout, onResize}) => {
      await stdout(`${command.join(' ')} ${String(tty)} `);
      await new Promise<void>(resolve =>
        onResize(({columns, rows}) => {
          void stdout(`${columns}x${rows}`).then(resolve);
        }),
      );
      return {status: {metadata: {}, status: 'Failure', message: 'lost'}};
    },
  });
  await runningPod(clientOf(cluster), 'box');
  const exec = new ExecClient(cluster, execQuery('box', ['a', 'b'], 'stdin=1&stdout=1&tty=1'));
  await exec.opened();
  exec.send(4, '{"Width":80,"Height":24}');
  const {output, status} = await exec.ended();
  expect([output, status]).toEqual([
    'a b true 80x24',
    '{"metadata":{},"status":"Failure","message":"lost"}',
  ]);
});

test('a deleted pod takes its commands with it', async () => {
  const cluster = await devCluster();
  const client = clientOf(cluster);
  await runningPod(client, 'box');
  const exec = new ExecClient(cluster, execQuery('box', shell('echo up; exec sleep 600')));
  await exec.output(3);
  await client.call('DELETE', '/pods/box');
  expect((await exec.ended()).status).toContain('"message":"137"');
});

test.each(['its pod', 'the cluster'])(
  'what a command left in the background ends with %s',
  async what => {
    const cluster = await devCluster();
    const client = clientOf(cluster);
    await runningPod(client, 'box');
    const script = 'sleep 600 </dev/null >/dev/null 2>&1 & echo $!';
    const command = execQuery('box', ['setsid', 'sh', '-c', script]);
    const {output} = await new ExecClient(cluster, command).ended();
    const pid = Number(output);
    expect(isAlive(pid)).toBe(true);
    if (what === 'its pod') await client.call('DELETE', '/pods/box');
    else await cluster.stop();
    await expect.poll(() => isAlive(pid)).toBe(false);
  },
);

test('an old server knows no v5, a strange protocol is 403', async () => {
  const cluster = await devCluster({oldServer: true});
  await runningPod(clientOf(cluster), 'box');
  const refused = await new ExecClient(cluster, execQuery('box', ['true'])).refused();
  expect(refused).toEqual({status: 403, text: ''});
  const old = new ExecClient(cluster, execQuery('box', ['true']), [
    'v5.channel.k8s.io',
    'v4.channel.k8s.io',
  ]);
  await old.opened();
  expect(old.socket.protocol).toBe('v4.channel.k8s.io');
  expect((await old.ended()).status).toBe(success);
});

test('an exec is cut or closed without a Status when ordered', async () => {
  const cluster = await devCluster();
  await runningPod(clientOf(cluster), 'box');
  const command = execQuery('box', shell('echo 0123456789'));
  cluster.faults.add({match: {path: /exec/}, action: {type: 'exec', how: 'cut', afterBytes: 4}});
  const cut = await new ExecClient(cluster, command).ended();
  expect(['0123', '']).toContain(cut.output);
  expect([cut.status, cut.closeCode]).toEqual(['', 1006]);
  cluster.faults.add({match: {path: /exec/}, action: {type: 'exec', how: 'close'}});
  const closed = await new ExecClient(cluster, command).ended();
  expect([closed.output, closed.status, closed.closeCode]).toEqual(['0123456789\n', '', 1000]);
  cluster.faults.add({match: {path: /exec/}, action: {type: 'status', code: 500}});
  expect((await new ExecClient(cluster, command).refused()).status).toBe(500);
  expect((await new ExecClient(cluster, command).ended()).status).toBe(success);
});

/** A zombie that nobody has reaped yet is not alive. */
function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
    throw error;
  }
}
