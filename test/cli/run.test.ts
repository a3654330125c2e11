import {spawn} from 'node:child_process';
import {join} from 'node:path';
import {buildSync} from 'esbuild';
import {existsSync, mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';

let directory = '';
let program = '';

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'gc-cli-'));
  program = join(directory, 'program.cjs');
  buildSync({
    entryPoints: ['test/cli/fixture/program.ts'],
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'cjs',
  });
});

afterAll(() => rmSync(directory, {recursive: true}));

interface Given {
  readonly input?: string;
  /** Sent once the program says "waiting". */
  readonly signal?: NodeJS.Signals;
}

async function call(args: string[], {input = '', signal}: Given = {}) {
  const child = spawn(process.execPath, [program, ...args]);
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (piece: Buffer) => {
    stdout += piece.toString();
    if (signal && stdout === 'waiting\n') child.kill(signal);
  });
  child.stderr.on('data', (piece: Buffer) => (stderr += piece.toString()));
  child.stdin.end(input);
  const code = await new Promise<number | null>(resolve => child.on('close', resolve));
  return {code, stdout, stderr};
}

/** Runs the program in a pipe of a shell, which tells its exit code; Node's own pipes are sockets. */
async function piped(name: string, sink: string) {
  const line = `{ "$0" "$1" ${name}; echo "exit $?" >&2; } ${sink}`;
  const child = spawn('sh', ['-c', line, process.execPath, program]);
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (piece: Buffer) => (stdout += piece.toString()));
  child.stderr.on('data', (piece: Buffer) => (stderr += piece.toString()));
  await new Promise(resolve => child.on('close', resolve));
  return {stdout, stderr};
}

describe('run', () => {
  it.each([
    ['nothing', ''],
    ['exact', 'no newline'],
    ['flag', 'true\n'],
    ['lines', 'a\nb\n'],
    ['constructor', ''],
  ])('%s prints %j and exits 0', async (name, stdout) => {
    expect(await call([name])).toEqual({code: 0, stdout, stderr: ''});
  });

  it('hands arguments and stdin on', async () => {
    const {stdout} = await call(['echo', 'a', '', '-x'], {input: 'in\n'});
    expect(stdout).toBe('a,,-x:in\n');
  });

  it('writes a large reply whole', async () => {
    expect((await call(['big'])).stdout).toHaveLength(3_000_000);
  });

  it.each(['nonsense', 'toString', '__proto__', '-x', 'Nothing'])(
    'exits 2 for %s, which it does not know, with nothing on stdout',
    async name => {
      const {code, stdout, stderr} = await call([name, 'a']);
      expect({code, stdout}).toEqual({code: 2, stdout: ''});
      expect(stderr).toContain(name);
    },
  );

  it.each([
    [[], 1, 'usage: program'],
    [['usage', 'mayor'], 1, 'usage mayor: wrong; field'],
    [['crash'], 1, 'internal error'],
    [['late'], 1, 'later'],
    [['transport'], 255, 'broke'],
    [['short'], 1, 'not done after'],
    [['forgotten'], 1, 'internal error'],
  ])('%j fails with %i and one line', async (args, code, words) => {
    const result = await call(args);
    expect(result.code).toBe(code);
    const said = result.stderr.split('\n').filter(line => !line.startsWith('warning: '));
    expect(said).toEqual([expect.stringContaining(words), '']);
  });

  it('mirrors an exit code, 2 included', async () => {
    expect((await call(['two'])).code).toBe(2);
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('lets the operation undo on %s, and exits %i', async (signal, code) => {
    const result = await call(['wait', 'mayor'], {signal});
    expect(result.code).toBe(code);
    expect(result.stderr).toBe(`warning: undone\nwait mayor: interrupted by ${signal}\n`);
  });

  it('does not pass for a success when an operation that was interrupted never ends', async () => {
    const result = await call(['stuck', 'mayor'], {signal: 'SIGTERM'});
    expect(result).toMatchObject({code: 143, stderr: 'stuck mayor: interrupted by SIGTERM\n'});
  });

  it('lets the operation undo after an exception that nobody caught', async () => {
    const {code, stderr} = await call(['bug', 'mayor']);
    expect(code).toBe(1);
    expect(stderr).toBe(
      'warning: undone\nbug mayor: internal error (a bug in gc-k8s, please report it): in a callback\n',
    );
  });

  it.each<readonly [string, string, number]>([
    ['chatter', 'again', 141],
    ['endless-chatter', 'again', 0],
    ['big', '', 0],
    // Nothing more is written, so no write can fail; seen on Linux alone.
    ...(process.platform === 'linux' ? [['idle', 'once', 0] as const] : []),
  ])('%s ends without a word when its reader leaves', async (name, first, code) => {
    const {stdout, stderr} = await piped(name, '| { read -r line; echo "$line" | cut -c 1-5; }');
    expect(stdout.trim().startsWith(first)).toBe(true);
    expect(stderr).toBe(`exit ${code}\n`);
  });

  it.runIf(existsSync('/dev/full')).each(['--version', 'exact', 'chatter'])(
    '%s says what keeps it from writing',
    async name => {
      const {stderr} = await piped(name, '>/dev/full');
      expect(stderr).toMatch(/^[a-z]+: ENOSPC: no space left on device, write\nexit 1\n$/);
    },
  );

  it.each(['--help', 'help'])('%s lists every operation', async name => {
    const {code, stdout, stderr} = await call([name]);
    expect({code, stderr}).toEqual({code: 0, stderr: ''});
    expect(stdout).toMatch(/^program 1\.2\.3\n/);
    for (const operation of ['nothing', 'transport', 'short']) {
      expect(stdout).toMatch(new RegExp(`^ {2}${operation} <session> +does something$`, 'm'));
    }
  });

  it('--version says it in a line', async () => {
    expect(await call(['--version'])).toEqual({code: 0, stdout: 'program 1.2.3\n', stderr: ''});
  });
});
