import {execFileSync} from 'node:child_process';
import {createHash, randomFillSync} from 'node:crypto';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import {dirname, join} from 'node:path';
import type {V1Pod} from '@kubernetes/client-node';
import {afterAll, beforeAll, beforeEach, describe, expect, it} from 'vitest';
import {openPlayground, type Playground} from '../kit/playground.ts';
import {until} from '../kit/poll.ts';

const isUp = (pod: V1Pod | undefined) =>
  pod?.status?.containerStatuses?.some(({state}) => state?.running !== undefined) === true;

describe('what start copies and runs', () => {
  let ground: Playground;
  let city: string;
  beforeAll(async () => void (ground = await openPlayground('staging')));
  beforeEach(() => void (city = mkdtempSync(join(ground.directory, 'city-'))));
  afterAll(() => ground.close());

  const write = (path: string, content: string | Buffer, mode = 0o644) => {
    mkdirSync(dirname(path), {recursive: true});
    writeFileSync(path, content);
    chmodSync(path, mode);
    return path;
  };
  const inPod = async (session: string, script: string) =>
    (await ground.shell(session, script)).stdout;

  it('copies 100 MB, checksums equal', async () => {
    const directory = join(ground.directory, 'large');
    const sums: Record<string, string> = {};
    for (let at = 0; at < 20; at++) {
      const content = randomFillSync(Buffer.alloc(5 * 2 ** 20 + at));
      write(join(directory, `d${at % 3}`, `f${at}`), content);
      sums[`d${at % 3}/f${at}`] = createHash('sha256').update(content).digest('hex');
    }
    await ground.start('large', {command: 'cat', work_dir: directory});
    const output = await inPod('large', 'cd /workspace && sha256sum d*/f*');
    const got = output
      .trim()
      .split('\n')
      .map(line => line.split('  ').reverse());
    expect(Object.fromEntries(got)).toEqual(sums);
  });

  it('has the pod Ready when all is there, and not before', async () => {
    const isReady = async () => {
      const conditions = (await ground.podOf('ready'))?.status?.conditions;
      return conditions?.find(({type}) => type === 'Ready')?.status === 'True';
    };
    const runs = async (words: string) =>
      isUp(await ground.podOf('ready')) && (await inPod('ready', 'ps -eo args')).includes(words);
    const wait = 'until [ -e /workspace/go ]; do sleep 0.1; done';
    const request = {command: 'cat', pre_start: [wait]};
    const call = ground.launch(['start', 'ready'], {stdin: JSON.stringify(request)});
    await until('the kubelet asks', () => runs('until [ -e /run/gc/supervised ]'));
    expect(await isReady()).toBe(false);
    await inPod('ready', 'touch /workspace/go');
    expect(await call.done).toMatchObject({code: 0, stderr: ''});
    await until('it is ready', isReady);
  });

  it('copies the work directory, the overlays over it, and the files named', async () => {
    const work = join(city, 'rigs', 'one');
    write(join(work, 'own.txt'), 'own');
    write(join(work, 'over.txt'), 'of the work directory');
    write(join(work, 'run.sh'), '#!/bin/sh\necho ran\n', 0o755);
    symlinkSync('own.txt', join(work, 'inside'));
    const pack = join(ground.directory, 'pack');
    write(join(pack, 'over.txt'), 'of the pack');
    write(join(pack, '.gc', 'secret'), 'never');
    write(join(pack, 'bin', 'tool'), '#!/bin/sh\n', 0o755);
    const overlay = join(ground.directory, 'overlay');
    write(join(overlay, 'over.txt'), 'of the overlay');
    write(join(overlay, '.claude', 'settings.json'), '{}');
    const extra = write(join(ground.directory, 'extra file'), 'extra');
    const {stderr} = await ground.start('layers', {
      command: 'cat',
      work_dir: work,
      pack_overlay_dirs: [pack, join(ground.directory, 'no-such-pack')],
      overlay_dir: overlay,
      copy_files: [
        {src: extra, rel_dst: 'docs/extra file'},
        {src: join(ground.directory, 'no-such-file'), rel_dst: 'x'},
      ],
      env: {GC_CITY: city},
    });
    expect(stderr).toContain('no-such-pack');
    expect(stderr).toContain('no-such-file');
    const files = 'own.txt over.txt inside .claude/settings.json ../../docs/extra*';
    expect(await inPod('layers', `cd /workspace/rigs/one && tail -n +1 ${files} -q`)).toBe(
      'own' + 'of the overlay' + 'own' + '{}' + 'extra',
    );
    expect(
      await inPod(
        'layers',
        'cd /workspace/rigs/one; stat -c %a run.sh bin/tool; ls -d .gc; readlink inside',
      ),
    ).toBe('755\n755\nown.txt\n');
    // Absolute paths in staged files stay valid.
    expect(await inPod('layers', `cat ${city}/rigs/one/own.txt`)).toBe('own');
  });

  it('copies a repository and a worktree of it, so that git works there', async () => {
    const repository = join(city, 'rigs', 'repo');
    mkdirSync(repository, {recursive: true});
    const git = (...args: string[]) =>
      execFileSync('git', ['-C', repository, '-c', 'user.name=t', '-c', 'user.email=t@t', ...args]);
    git('init', '-q', '-b', 'trunk');
    write(join(repository, 'file'), 'committed');
    git('add', '.');
    git('commit', '-qm', 'first');
    const worktree = join(city, 'rigs', 'tree');
    git('worktree', 'add', '-q', '-b', 'side', worktree);
    await ground.start('repo', {command: 'cat', work_dir: repository, env: {GC_CITY: city}});
    await ground.start('tree', {command: 'cat', work_dir: worktree, env: {GC_CITY: city}});
    const status = async (session: string) => {
      const {stdout} = await ground.gc(['exec', session], {stdin: 'git status --short --branch'});
      return stdout.trim();
    };
    expect(await status('repo')).toBe('## trunk');
    expect(await status('tree')).toBe('## side');
    await ground.gc(['exec', 'tree'], {stdin: 'echo changed >file'});
    expect(await status('tree')).toBe('## side\n M file');
    expect(await status('repo')).toBe('## trunk');
    expect(readFileSync(join(worktree, 'file'), 'utf8')).toBe('committed');
  });

  it('copies the city, its links resolved', async () => {
    const pack = write(join(ground.directory, 'elsewhere', 'review.toml'), 'formula = 1\n');
    mkdirSync(join(city, 'formulas'), {recursive: true});
    symlinkSync(pack, join(city, 'formulas', 'review.toml'));
    write(join(city, 'city.toml'), '[workspace]\nname = "demo"\n');
    write(join(city, '.gc', 'private'), 'never');
    await ground.start('mayor', {command: 'cat', env: {GC_CITY: city}});
    const formula = 'cd /workspace/formulas && [ ! -L review.toml ] && cat review.toml';
    expect(await inPod('mayor', formula)).toBe('formula = 1\n');
    expect(await inPod('mayor', 'cat /workspace/city.toml; cat /workspace/.gc/private')).toBe(
      '[workspace]\nname = "demo"\n',
    );
  });

  it('lays a work directory and its files over the city', async () => {
    const around = join(ground.directory, 'around');
    for (const name of [
      'README',
      '.git/HEAD',
      '.git/MERGE_HEAD',
      'docs/guide',
      'docs/plan',
      'CLAUDE.md',
    ])
      write(join(around, name), 'of the city\n');
    const work = join(ground.directory, 'outside');
    for (const name of ['README', '.git/HEAD', 'docs/plan']) write(join(work, name), 'own\n');
    const overlay = join(ground.directory, 'over the city');
    write(join(overlay, 'CLAUDE.md'), 'own\n');
    const files = {work_dir: work, overlay_dir: overlay};
    await ground.start('over', {command: 'cat', ...files, env: {GC_CITY: around}});
    const script = 'cd /workspace; tail -n +1 -q README docs/* CLAUDE.md .git/HEAD; ls -A . .git';
    expect(await inPod('over', script)).toBe(
      'own\nof the city\nown\nown\nown\n' + '.:\n.git\nCLAUDE.md\nREADME\ndocs\n\n.git:\nHEAD\n',
    );
  });

  it('runs every command of the payload in its turn, and warns of those that fail', async () => {
    const script = write(
      join(ground.directory, 'setup script'),
      'echo script $PWD >>/workspace/log',
    );
    const {stderr} = await ground.start('steps', {
      command: 'echo agent >>/workspace/log; sleep 4242',
      work_dir: '/no/such/directory',
      pre_start: ['echo 1 >/workspace/log', 'echo broke >&2; false', 'echo 2 >>/workspace/log'],
      session_setup: ['tmux has-session -t main && echo setup >>/workspace/log', 'exit 4'],
      session_setup_script: script,
      session_live: ['echo "live $GC_SESSION_NAME" >>/workspace/log', 'nope'],
      process_names: ['no-such-process', 'sleep 4242'],
    });
    const log = (await inPod('steps', 'cat /workspace/log')).trim().split('\n');
    expect(log.filter(line => line !== 'agent')).toEqual([
      ...['1', '2', 'setup', 'script /workspace', 'live steps'],
    ]);
    expect(log.indexOf('agent')).toBeGreaterThan(log.indexOf('2'));
    const warnings = stderr.trim().split('\n');
    expect(warnings).toHaveLength(3);
    expect(warnings[0]).toMatch(/^warning: .*false.*1.*broke/);
    expect(warnings[1]).toMatch(/^warning: .*exit 4.*4/);
    expect(warnings[2]).toMatch(/^warning: .*nope.*127/);
  });

  it('runs a command of 200 KB without another shell in between', async () => {
    const comment = `# ${'x'.repeat(200_000)}`;
    await ground.start('long', {command: `printf '<%s>\\n' "a b" 'c"$d'\n${comment}\ncat`});
    await ground.screen('long', text => text.includes('<a b>\n<c"$d>'));
    await ground.start('plain', {});
    await ground.gc(['nudge', 'plain'], {stdin: 'echo "I am $((40 + 2))"'});
    await ground.screen('plain', text => text.includes('I am 42'));
  });

  it('refuses what is larger than its limit, and leaves nothing', async () => {
    expect(readdirSync(join(ground.directory, 'large'))).toHaveLength(3);
    const {code, stderr} = await ground.gc(['start', 'huge'], {
      stdin: JSON.stringify({work_dir: join(ground.directory, 'large')}),
      env: {GC_K8S_STAGE_LIMIT: '50Mi'},
    });
    expect(code).toBe(1);
    expect(stderr).toContain('GC_K8S_STAGE_LIMIT');
    expect(await ground.podOf('huge')).toBeUndefined();
  });
});
