import {createHash} from 'node:crypto';
import {describe, expect, it} from 'vitest';
import type {ExecCall, ExecHandler} from '../../dev-cluster/exec/call.ts';
import {refusal} from '../../dev-cluster/exec/call.ts';
import type {JsonObject} from '../../dev-cluster/json.ts';
import type {DevClusterOptions} from '../../dev-cluster/options.ts';
import {PodExecError} from '../../src/errors.ts';
import type {ExecRequest} from '../../src/kube/cluster.ts';
import {devCluster} from '../dev-cluster/kit.ts';
import {clusterAt, connectionOf, failure, requested, runningPod, type Options} from './kit.ts';

const ECHO: Omit<ExecRequest, 'stdin'> = {pod: 'mayor', container: 'agent', command: ['echo']};

/** A running pod in which every exec does this. */
async function pod(exec: ExecHandler, options: DevClusterOptions & Options = {}) {
  const dev = await devCluster({...options, exec});
  const cluster = clusterAt(connectionOf(dev), options);
  await runningPod(dev, cluster);
  const run = (more: Partial<ExecRequest> = {}) => cluster.exec({...ECHO, ...more});
  return {dev, cluster, run};
}

const hash = (data: Buffer) => createHash('sha256').update(data).digest('hex');
const megabytes = (count: number) => Buffer.alloc(count * 2 ** 20, 'All work and no play, 17.');

async function stdinOf({stdin}: ExecCall): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of stdin) pieces.push(piece);
  return Buffer.concat(pieces);
}

async function broken(promise: Promise<unknown>): Promise<PodExecError> {
  const error = await failure(promise);
  expect(error).toBeInstanceOf(PodExecError);
  return error as unknown as PodExecError;
}

describe('exec', () => {
  it('hands the words over as they are, and gives both outputs apart', async () => {
    const words = ['sh', '-c', 'echo "$1" & ; + %20', 'é\n', ''];
    const {dev, run} = await pod(async call => {
      expect(call.command).toEqual(words);
      await call.stdout('out');
      await call.stderr('err');
      return 0;
    });
    const {exitCode, stdout, stderr} = await run({command: words});
    expect([exitCode, String(stdout), String(stderr)]).toEqual([0, 'out', 'err']);
    expect(requested(dev)).toEqual(['GET /pods/mayor/exec']);
  });

  it.each([0, 1, 2, 42, 126, 127, 137, 255])('gives the exit code %i', async code => {
    const {run} = await pod(() => Promise.resolve(code));
    expect((await run()).exitCode).toBe(code);
  });

  it('sends stdin to its end: 5 MiB arrive whole, in one piece or in many', async () => {
    const hashed: ExecHandler = async call => {
      await call.stdout(hash(await stdinOf(call)));
      return 0;
    };
    const {run} = await pod(hashed, {budgetMs: 60_000});
    const data = megabytes(5);
    async function* inPieces() {
      await Promise.resolve();
      for (let at = 0; at < data.length; at += 100_001) yield data.subarray(at, at + 100_001);
    }
    for (const stdin of [data, inPieces()]) {
      expect(String((await run({stdin})).stdout)).toBe(hash(data));
    }
    expect(String((await run({stdin: Buffer.alloc(0)})).stdout)).toBe(hash(Buffer.alloc(0)));
  });

  it('brings 20 MiB back whole, collected or piece by piece', async () => {
    const data = megabytes(20);
    const {run} = await pod(async call => {
      await call.stdout(data);
      return 3;
    });
    const {exitCode, stdout} = await run();
    expect([exitCode, hash(stdout)]).toEqual([3, hash(data)]);
    const seen = createHash('sha256');
    const streamed = await run({onStdout: piece => seen.update(piece)});
    expect([streamed.stdout.length, seen.digest('hex')]).toEqual([0, hash(data)]);
  });

  it('ends when the command does, although stdin goes on', async () => {
    const {run} = await pod(async call => {
      for await (const piece of call.stdin) if (piece.length > 0) break;
      return 5;
    });
    async function* endless(): AsyncGenerator<Buffer> {
      for (;;) {
        yield Buffer.alloc(1000);
        await new Promise<void>(resolve => setImmediate(resolve));
      }
    }
    expect((await run({stdin: endless()})).exitCode).toBe(5);
  });

  it('reads no more of stdin once the command has ended', async () => {
    const {run} = await pod(async call => {
      for await (const piece of call.stdin) if (piece.length > 0) break;
      return 5;
    });
    let isOver = false;
    let readAfterwards = 0;
    let release: () => void = () => undefined;
    const isReleased = new Promise<void>(resolve => (release = resolve));
    async function* long(): AsyncGenerator<Buffer> {
      for (let count = 0; count < 100; count++) {
        if (count === 10) await isReleased;
        if (isOver) readAfterwards += 1;
        yield Buffer.alloc(1000);
      }
    }
    expect((await run({stdin: long()})).exitCode).toBe(5);
    isOver = true;
    release();
    for (let turn = 0; turn < 10; turn++) await new Promise<void>(resolve => setImmediate(resolve));
    expect(readAfterwards).toBeLessThan(2);
  });

  it('takes no success for one while much of stdin is unread', async () => {
    const {run} = await pod(() => Promise.resolve(0));
    const error = await broken(run({stdin: megabytes(20)}));
    expect(error.message).toContain('the command ended before it had read its input');
    expect(error.mayHaveRun).toBe(true);
  });

  it('breaks off when our stdin fails, with that failure', async () => {
    const {run} = await pod(async call => {
      await stdinOf(call);
      return 0;
    });
    async function* failing(): AsyncGenerator<Buffer> {
      yield await Promise.resolve(Buffer.from('half'));
      throw new Error('the disk is gone');
    }
    expect((await failure(run({stdin: failing()}))).message).toBe('the disk is gone');
  });

  it('ends with the reason of a cancellation', async () => {
    const controller = new AbortController();
    const {run} = await pod(
      async call => {
        await call.stdout('x');
        await new Promise(resolve => call.signal.addEventListener('abort', resolve));
        return 0;
      },
      {parent: controller.signal},
    );
    const reason = new Error('cancelled');
    const running = run({onStdout: () => controller.abort(reason)});
    await expect(running).rejects.toBe(reason);
  });
});

describe('an exec without a Status frame', () => {
  const hello: ExecHandler = async call => {
    await call.stdout('hello');
    return 0;
  };

  it.each(['cut', 'close'] as const)('is never success: %s in its place', async how => {
    const {dev, run} = await pod(hello);
    dev.faults.add({match: {path: /exec/}, action: {type: 'exec', how}});
    const error = await broken(run());
    expect(error.mayHaveRun).toBe(true);
    expect(error.message).toMatch(
      /^exec in pod "mayor" in namespace "default": the connection broke: .*closed/,
    );
    expect((await run()).exitCode).toBe(0);
  });

  it.each(['cut', 'close'] as const)('is never success: %s in mid-stream', async how => {
    const {dev, run} = await pod(hello);
    dev.faults.add({match: {path: /exec/}, action: {type: 'exec', how, afterBytes: 3}});
    let seen = '';
    const error = await broken(run({onStdout: piece => (seen += piece.toString())}));
    expect([error.mayHaveRun, seen]).toEqual([true, 'hel']);
  });

  it('ends with the deadline when the server goes silent', async () => {
    const {dev, run} = await pod(hello, {budgetMs: 300});
    dev.faults.add({match: {path: /exec/}, action: {type: 'exec', how: 'silent'}});
    expect((await failure(run())).name).toBe('DeadlineError');
  });

  it.each(['not JSON', '{"status":"Failure","message":"who knows"}', '{}'])(
    'that says how it ended is none: %s',
    async text => {
      const {run} = await pod(() =>
        Promise.resolve({status: text.startsWith('{') ? (JSON.parse(text) as JsonObject) : {}}),
      );
      expect((await broken(run())).mayHaveRun).toBe(true);
    },
  );
});

describe('an exec that is refused', () => {
  const never: ExecHandler = () => Promise.reject(new Error('ran'));

  it('names a pod that is not there', async () => {
    const {run} = await pod(never);
    const error = await failure(run({pod: 'nobody'}));
    expect([error.failure, error.message]).toEqual([
      'notFound',
      'get pods/exec "nobody" in namespace "default": pods "nobody" not found',
    ]);
  });

  it.each([
    'unable to upgrade connection: container not found ("agent")',
    'error dialing backend: dial tcp 10.0.0.7:10250: connect: connection refused',
    'error dialing backend: dial tcp 10.0.0.7:10250: i/o timeout',
    'cannot exec into a stopped container',
  ])('surely did not run: %s', async words => {
    const {run} = await pod(() => Promise.resolve({status: refusal(words)}));
    const error = await failure(run());
    expect([error.failure, error.outcomeUnknown]).toEqual(['unavailable', false]);
    expect(error.message).toContain(words);
  });

  it('says that the image lacks a program', async () => {
    const dev = await devCluster();
    const cluster = clusterAt(connectionOf(dev));
    await runningPod(dev, cluster);
    const error = await broken(cluster.exec({...ECHO, command: ['no-such-program']}));
    expect([error.mayHaveRun, error.message]).toEqual([
      false,
      expect.stringContaining('the image lacks this program'),
    ]);
  });

  it('names both verbs when the role does not allow it', async () => {
    const {dev, run} = await pod(never);
    dev.access.deny({resource: 'pods', subresource: 'exec'});
    const error = await failure(run());
    expect(error.failure).toBe('forbidden');
    expect(error.message).toContain('cannot get resource "pods/exec"');
    expect(error.message).toContain('grant verbs "get" and "create" on pods/exec');
  });

  it('asks for a newer Kubernetes where v5 is not spoken', async () => {
    const {run} = await pod(never, {oldServer: true});
    const {message} = await failure(run());
    expect(message).toMatch(/Kubernetes 1\.30/);
  });
});
