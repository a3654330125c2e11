import {spawnSync} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join, resolve} from 'node:path';
import {afterAll, expect, it} from 'vitest';
import {describeUnless} from '../../kit/unless.ts';

const CHECK = `${resolve('contrib/local-cluster/check')} --driver from-source --port 27443`;
const directory = mkdtempSync(join(tmpdir(), 'gc-local-'));
afterAll(() => rmSync(directory, {recursive: true}));

/** Runs shell code with mounts of its own, which nobody else sees; the inotify limits are a copy. */
function withMounts(code: string) {
  for (const limit of ['max_user_instances', 'max_user_watches']) {
    writeFileSync(join(directory, limit), '1048576\n');
  }
  const inotify = `mount --bind ${directory} /proc/sys/fs/inotify`;
  const {status, stdout, stderr} = spawnSync(
    'unshare',
    ['--mount', '--propagation', 'private', 'sh', '-c', `${inotify} && ${code}`],
    {encoding: 'utf8'},
  );
  return {code: status, said: stdout + stderr};
}

const mounts = readFileSync('/proc/mounts', 'utf8');
const isRoot = process.getuid?.() === 0 && withMounts('true').code === 0;
const hasV1 = / cgroup rw[^ ]*[, ]memory/.test(mounts);
const reason = isRoot ? 'the memory controller is not in a v1 tree here' : 'no root, no own mounts';
const whyNot = isRoot && hasV1 ? undefined : reason;

describeUnless(whyNot, 'check, on cgroups of this kernel', () => {
  it('finds a cgroup v2 without the memory controller', () => {
    const {code, said} = withMounts(`mount -t cgroup2 none /sys/fs/cgroup && ${CHECK}`);
    expect(said).toMatch(/BAD {3}cgroup v2 \(cgroup\.controllers has: .*\) lacks: .*memory/);
    expect(code).toBe(3);
  });

  const READ_ONLY = 'mount -o remount,ro,bind /sys/fs/cgroup/memory';

  it('finds a tree that is mounted read-only, and leaves it', () => {
    const table = '/proc/self/mounts';
    const {code, said} = withMounts(
      `${READ_ONLY} && cat ${table} >${directory}/before; ${CHECK}; code=$?; cmp ${table} ${directory}/before && exit $code`,
    );
    expect(said).toContain('BAD   /sys/fs/cgroup/memory is mounted read-only');
    expect(code).toBe(3);
  });

  it('mounts it read-write when asked to', () => {
    const {said} = withMounts(
      `${READ_ONLY} && ${CHECK} --fix; grep cgroup/memory /proc/self/mounts`,
    );
    expect(said).toContain('fixed: remounted /sys/fs/cgroup/memory read-write');
    expect(said).toMatch(/\/sys\/fs\/cgroup\/memory cgroup rw/);
    expect(withMounts(`${CHECK} --fix`).said).toContain('nothing to fix');
  });

  it('finds that it is not privileged', () => {
    const drop = 'setpriv --bounding-set=-sys_admin --inh-caps=-sys_admin';
    const {code, said} = withMounts(`${drop} ${CHECK}`);
    expect(said).toContain('this container is not privileged: it lacks CAP_SYS_ADMIN');
    expect(code).toBe(3);
  });
});
