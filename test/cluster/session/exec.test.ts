import {createHash} from 'node:crypto';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {openForwarder} from '../kit/forwarder.ts';
import {openPlayground, succeeded, type Playground} from '../kit/playground.ts';
import {until} from '../kit/poll.ts';
import {launch} from '../kit/process.ts';

const sha256 = (data: Buffer) => createHash('sha256').update(data).digest('hex');

describe('exec', () => {
  let ground: Playground;
  beforeAll(async () => {
    ground = await openPlayground('exec');
    await ground.start('a', {
      command: 'cat',
      work_dir: '/city/rig/new-dir',
      env: {GC_CITY: '/city', COLOUR: 'red\n"blue"', API_TOKEN: "it's\nsecret"},
    });
  });
  afterAll(() => ground.close());

  const exec = (command: string) => ground.gc(['exec', 'a'], {stdin: command});
  const processes = async () => (await ground.shell('a', 'ps axo args')).stdout;

  it.each([
    ['exit 2', 2],
    ['exit 0', 0],
    ['exit 91', 91],
    ['exit 93', 93],
    ['no-such-command-here', 127],
    ['/etc/passwd', 126],
    ['echo ok; exec false', 1],
    ['kill -9 $$; sleep 1000', 137],
    ['kill 0; sleep 1000', 143],
  ])('mirrors the exit code of %s', async (command, code) => {
    expect((await exec(command)).code).toBe(code);
  });

  it('keeps the order of stdout and stderr', async () => {
    const {stdout, stderr, code} = await exec(
      'for i in 1 2 3 4 5 6 7 8 9; do echo "out $i"; echo "err $i" >&2; done',
    );
    const expected = Array.from({length: 9}, (_, at) => `out ${at + 1}\nerr ${at + 1}\n`).join('');
    expect({stdout, stderr, code}).toEqual({stdout: expected, stderr: '', code: 0});
  });

  it('brings 20 MB back whole', async () => {
    const {bytes} = succeeded(
      await exec('head -c 20000000 /dev/urandom >/tmp/large; cat /tmp/large'),
    );
    const sum = succeeded(await exec('sha256sum </tmp/large')).stdout.split(' ')[0];
    expect(bytes).toHaveLength(20_000_000);
    expect(sha256(bytes)).toBe(sum);
  });

  it('takes a command of 200 KB, and any bytes in it', async () => {
    const long = 'é'.repeat(100_000);
    expect(succeeded(await exec(`printf %s '${long}' | wc -c`)).stdout.trim()).toBe('200000');
    expect(succeeded(await exec(`printf '%s' "a  b"\n\n`)).stdout).toBe('a  b');
  });

  it('starts in the work directory, with all of the environment', async () => {
    expect(succeeded(await exec('pwd')).stdout).toBe('/workspace/rig/new-dir\n');
    expect(succeeded(await exec('printf %s "$COLOUR"')).stdout).toBe('red\n"blue"');
    expect(succeeded(await exec('printf %s "$API_TOKEN"')).stdout).toBe("it's\nsecret");
    expect(succeeded(await exec('echo "$GC_CITY $GC_DIR $GC_TMUX_SESSION"')).stdout).toBe(
      '/workspace /workspace/rig/new-dir main\n',
    );
  });

  it('does not wait for what went into the background', async () => {
    // One that waited would be ended by its deadline.
    const {code, stdout} = await exec('sleep 1000 >/dev/null 2>&1 & echo started');
    expect({code, stdout}).toEqual({code: 0, stdout: 'started\n'});
  });

  it.each(['SIGKILL', 'SIGINT'] as const)('takes its command along after %s', async signal => {
    const seconds = signal === 'SIGKILL' ? 7771 : 7772;
    const call = ground.launch(['exec', 'a'], {stdin: `sleep ${seconds}`});
    await until('it runs', async () => (await processes()).includes(`sleep ${seconds}`));
    call.signal(signal);
    expect((await call.done).code).not.toBe(0);
    await until('it is gone', async () => !(await processes()).includes(`sleep ${seconds}`));
  });

  it('takes its command along when its reader leaves, without a word', async () => {
    const line = '{ "$0" exec a; echo "exit $?" >&2; } | head -n 1';
    const stdin = 'while echo again; do sleep 0.7774; done';
    const env = {...ground.env, PATH: `${ground.directory}:${process.env.PATH ?? ''}`};
    const call = launch('sh', ['-c', line, ground.executable], {env, stdin, deadlineMs: 30_000});
    const {stdout, stderr} = await call.done;
    expect({stdout, stderr}).toEqual({stdout: 'again\n', stderr: 'exit 141\n'});
    await until('it is gone', async () => !(await processes()).includes('sleep 0.7774'));
  });

  it('exits 255 when its connection breaks', async () => {
    const forwarder = await openForwarder(ground);
    const call = ground.launch(['exec', 'a'], {
      stdin: 'echo begun; sleep 7773; echo done',
      env: {KUBECONFIG: forwarder.kubeconfig},
    });
    await new Promise<void>(resolve => call.onOutput(() => resolve()));
    forwarder.cut();
    const {code, stdout, stderr} = await call.done;
    expect({code, stdout}).toEqual({code: 255, stdout: 'begun\n'});
    expect(stderr.trim().split('\n')).toHaveLength(1);
    await until('it is gone', async () => !(await processes()).includes('sleep 7773'));
    await forwarder.close();
  });

  it('finds processes as pgrep -f would, and not itself', async () => {
    const alive = async (names: string) =>
      succeeded(await ground.gc(['process-alive', 'a'], {stdin: names})).stdout;
    expect(await alive('no-such-thing\ncat\n')).toBe('true\n');
    expect(await alive('^cat$')).toBe('true\n');
    expect(await alive('no-such-thing')).toBe('false\n');
    expect(await alive('cmdline')).toBe('false\n');
    // Nor what we run beside the agent: a server of tmux, whose words name much, and the log's writers.
    expect(await alive('agent\nmain\ncommand\ntee\ndd\noutput\nsupervisor\nrun/gc')).toBe(
      'false\n',
    );
    expect(await alive('')).toBe('true\n');
    expect(await alive('$(touch /tmp/y)\n; touch /tmp/y')).toBe('false\n');
  });

  it('reaps what the agent leaves behind', async () => {
    succeeded(await exec('for i in 1 2 3 4 5; do (sleep 0.1 & exec sleep 0.3) & done; sleep 1'));
    await until('no zombie is left', async () => {
      const {stdout} = await ground.shell('a', 'ps axo stat');
      return !stdout.split('\n').some(state => state.startsWith('Z'));
    });
  });
});
