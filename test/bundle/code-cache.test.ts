import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {temporaryDirectory} from '../kit/temporary-directory.ts';
import {begin} from './program.ts';

const path = process.env.PATH ?? '';

function home() {
  const HOME = temporaryDirectory();
  const directory = join(HOME, '.cache', 'gc-k8s', 'code');
  const call = (args = ['protocol'], env: Record<string, string> = {}) =>
    begin(args, {env: {PATH: path, HOME, ...env}}).ended;
  /** Calls once more and expects what a call without any cache says. */
  const answers = async () => {
    const {code, stdout, stderr} = await call();
    expect([code, stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout.toString())).toMatchObject({version: 0});
  };
  const files = () => (existsSync(directory) ? readdirSync(directory) : []);
  const file = () => join(directory, files()[0] ?? 'nothing was kept');
  return {HOME, directory, call, answers, files, file};
}

/** A home where an operation was called as often as it takes until all is kept. */
async function warmHome() {
  const own = home();
  await own.answers();
  await own.answers();
  return own;
}

describe('the code that V8 compiled', () => {
  it('is kept by the second call for those that follow, readable by its user alone', async () => {
    const {answers, files, file, directory} = await warmHome();
    expect(files()).toEqual([
      expect.stringMatching(/^gc-session-k8s\.protocol\.v[\d.]+-\w+\.[0-9a-f]{16}$/),
    ]);
    expect([statSync(file()).mode & 0o777, statSync(directory).mode & 0o777]).toEqual([
      0o600, 0o700,
    ]);
    const {mtimeMs, ino, size} = statSync(file());
    expect(size).toBeGreaterThan(10_000);
    await answers();
    // V8 took it, or it would have been written again.
    expect(statSync(file())).toMatchObject({mtimeMs, ino});
  });

  it.each<[string, (file: string) => void]>([
    ['is of no use', file => writeFileSync(file, 'what is this')],
    ['is empty', file => writeFileSync(file, '')],
    ['was cut off', file => truncateSync(file, statSync(file).size - 1000)],
    ['names parts of another build', file => writeFileSync(file, './elsewhere.js\ncode')],
    ['others could have written', file => chmodSync(file, 0o622)],
  ])('is written anew where it %s', async (_, spoil) => {
    const {answers, file} = await warmHome();
    const {size} = statSync(file());
    spoil(file());
    await answers();
    await answers();
    expect(statSync(file())).toMatchObject({size});
    expect(statSync(file()).mode & 0o777).toBe(0o600);
  });

  it('has the text of a packed part beside it, without which a call does its work too', async () => {
    const {call, file} = home();
    // With a level, even one at which nothing is said, pino is loaded: a part that is packed.
    const logs = () => call(['protocol'], {GC_K8S_LOG_LEVEL: 'error'});
    await logs();
    await logs();
    const {size} = statSync(file());
    const [names = ''] = readFileSync(file(), 'latin1').split('\n');
    const length = Number(/=(\d+)/.exec(names)?.[1]);
    expect(length).toBeGreaterThan(10_000);
    truncateSync(file(), names.length + 1 + Math.floor(length / 2));
    expect(await logs()).toMatchObject({code: 0});
    await logs();
    expect(statSync(file())).toMatchObject({size});
  });

  it('of an older build goes when that of a newer one comes, of another Node stays', async () => {
    const own = home();
    mkdirSync(own.directory, {recursive: true});
    const {version, arch} = process;
    const older = `gc-session-k8s.protocol.${version}-${arch}.0000000000000000`;
    const ofNode18 = `gc-session-k8s.protocol.v18.0.0-${arch}.0000000000000000`;
    for (const name of [older, ofNode18]) writeFileSync(join(own.directory, name), '');
    await own.answers();
    expect(own.files()).toContain(ofNode18);
    expect(own.files()).not.toContain(older);
  });

  it('is done without where it cannot be kept', async () => {
    const own = home();
    writeFileSync(join(own.HOME, '.cache'), 'a file');
    await own.answers();
    expect(readFileSync(join(own.HOME, '.cache'), 'utf8')).toBe('a file');
  });

  it('is not kept of a call that failed, nor where Node is told to keep none', async () => {
    const own = home();
    expect((await own.call(['no-such-operation'])).code).toBe(2);
    await own.call(['protocol'], {NODE_DISABLE_COMPILE_CACHE: '1'});
    expect(own.files()).toEqual([]);
  });
});
