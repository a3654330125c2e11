import {createHash, randomBytes} from 'node:crypto';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import type {ApiClient, Target} from './api-client.ts';
import {freshName} from './config-maps.ts';
import {ExecClient} from './exec-client.ts';
import {sayingPod, shellPod} from './running-pod.ts';

const success = {metadata: {}, status: 'Success'};

const sum = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** What an exec is to its client; of a pod that runs. */
export function describeExecs(api: () => ApiClient, target: () => Target): void {
  describe('execs', () => {
    const pod = freshName('exec');
    beforeAll(() => sayingPod(api(), pod, shellPod(pod, 'echo up; exec sleep 3600')));
    afterAll(async () => {
      await api().call('DELETE', `/pods/${pod}?gracePeriodSeconds=0`);
    });

    const exec = (command: string, streams = 'stdout=true&stderr=true'): ExecClient =>
      new ExecClient(target(), {
        pod,
        query: `container=agent&${streams}`,
        command: ['sh', '-c', command],
      });

    test('stdout is channel 1, stderr 2, the Status 3, and then it is closed', async () => {
      const {channels, stdout, stderr, status, closeCode} = await exec(
        'echo out; sleep 0.2; echo err >&2',
      ).ended();
      expect([stdout.toString(), stderr.toString()]).toEqual(['out\n', 'err\n']);
      expect(JSON.parse(status)).toEqual(success);
      // The first frame is empty, and says that the server is ready.
      expect(channels).toEqual([1, 1, 2, 3]);
      expect(closeCode).toBe(1000);
    });

    test.each([
      ['exit 3', 3],
      ['exit 255', 255],
      ['kill -9 $$', 137],
      ['kill -15 $$', 143],
      ['exec /etc/passwd', 126],
      ['exec /no/such/command', 127],
    ])('%s is told by a Status with its exit code', async (command, code) => {
      const {status} = await exec(command).ended();
      expect(JSON.parse(status)).toEqual({
        metadata: {},
        status: 'Failure',
        message: `command terminated with non-zero exit code: command terminated with exit code ${code}`,
        reason: 'NonZeroExitCode',
        details: {causes: [{reason: 'ExitCode', message: String(code)}]},
      });
    });

    test('a command that is not there has no exit code', async () => {
      const query = 'container=agent&stdout=true&stderr=true';
      const missing = new ExecClient(target(), {pod, query, command: ['no-such-command']});
      const {stdout, stderr, status} = await missing.ended();
      expect([stdout.length, stderr.length]).toEqual([0, 0]);
      expect(JSON.parse(status)).toMatchObject({
        status: 'Failure',
        reason: 'InternalError',
        code: 500,
        message: expect.stringContaining(
          'exec: "no-such-command": executable file not found in $PATH',
        ) as unknown,
      });
    });

    test('8 MB come and go whole, and the half close of stdin is its end', async () => {
      const bytes = randomBytes(8 * 1024 * 1024);
      const cat = exec('cat; echo the end >&2', 'stdin=true&stdout=true&stderr=true');
      await cat.opened();
      for (let at = 0; at < bytes.length; at += 32 * 1024) {
        await cat.send(0, bytes.subarray(at, at + 32 * 1024));
      }
      await cat.endStdin();
      const {stdout, stderr, status} = await cat.ended();
      expect([stdout.length, sum(stdout)]).toEqual([bytes.length, sum(bytes)]);
      expect([stderr.toString(), JSON.parse(status)]).toEqual(['the end\n', success]);
    });

    test('without stdin it is at its end from the beginning', async () => {
      expect((await exec('cat; echo over').ended()).stdout.toString()).toBe('over\n');
    });

    test('a stream that nobody asked for is dropped', async () => {
      const {stdout, stderr} = await exec('echo out; echo err >&2', 'stderr=true').ended();
      expect([stdout.toString(), stderr.toString()]).toEqual(['', 'err\n']);
    });

    test('an answer waits for all that hold the output', async () => {
      const {stdout, status} = await exec('(sleep 1; echo late; exit 9) & echo soon').ended();
      expect([stdout.toString(), JSON.parse(status)]).toEqual(['soon\nlate\n', success]);
      const left = await exec('sleep 3600 >/dev/null 2>&1 & echo left').ended();
      expect(left.stdout.toString()).toBe('left\n');
    });

    test('a lost connection is the end of stdin, and not of the command', async () => {
      const file = `/tmp/${freshName('lost')}`;
      const lost = exec(`echo on; cat; echo went on >${file}`, 'stdin=true&stdout=true');
      await lost.shows(/on/);
      lost.cut();
      const looked = exec(`until [ -s ${file} ]; do sleep 0.1; done; cat ${file}`);
      expect((await looked.ended()).stdout.toString()).toBe('went on\n');
    });

    test('its command leads a process group of its own', async () => {
      const {status} = await exec('sleep 3600 & kill -s TERM -- -$$').ended();
      expect(status).toContain('"message":"143"');
    });

    test('a terminal has one stream, the size it is told, and its own line ends', async () => {
      const script = 'until [ "$(stty size)" = "33 101" ]; do sleep 0.1; done; echo e >&2; read l';
      const tty = exec(`${script}; echo "<$l>"; exit 4`, 'stdin=true&stdout=true&tty=true');
      await tty.opened();
      await tty.send(4, JSON.stringify({Width: 101, Height: 33}));
      await tty.shows(/e\r\n/);
      await tty.send(0, 'typed\n');
      const {channels, stdout, status} = await tty.ended();
      expect(stdout.toString()).toBe('e\r\ntyped\r\n<typed>\r\n');
      expect(new Set(channels)).toEqual(new Set([1, 3]));
      expect(status).toContain('"message":"4"');
    });

    test('what the API server knows is refused before the upgrade', async () => {
      const at = (name: string, container: string): ExecClient =>
        new ExecClient(target(), {
          pod: name,
          query: `container=${container}&stdout=true`,
          command: ['true'],
        });
      const none = await at('none', 'agent').refused();
      expect([none.status, JSON.parse(none.text)]).toMatchObject([404, {reason: 'NotFound'}]);
      const other = await at(pod, 'other').refused();
      expect([other.status, JSON.parse(other.text)]).toMatchObject([
        400,
        {message: `container other is not valid for pod ${pod}`},
      ]);
      const strange = new ExecClient(
        target(),
        {pod, query: 'stdout=true', command: ['true']},
        'v9.channel.k8s.io',
      );
      expect((await strange.refused()).status).toBe(403);
    });

    test('no stream at all is refused', async () => {
      const {status} = await exec('true', '').ended();
      expect(JSON.parse(status)).toMatchObject({
        status: 'Failure',
        message: expect.stringContaining(
          'you must specify at least 1 of stdin, stdout, stderr',
        ) as unknown,
      });
    });
  });
}
