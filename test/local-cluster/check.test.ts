import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {DOCKER, machine, ROOT, UNPRIVILEGED, USER, type Description} from './machine.ts';

/** Stand-ins of everything that from-source needs. */
const FROM_SOURCE = Object.fromEntries(
  'containerd ctr runc ip nft openssl setsid tar go'
    .split(' ')
    .map(name => [name, name === 'go' ? 'echo go version go1.26.0 linux/amd64' : 'true']),
);

const check = (description: Description, ...args: string[]) =>
  machine({tools: FROM_SOURCE, ...description}).run('check', args);

/** Every refusal has what, why and what to do, and the three ways out. */
function expectAdvice(stderr: string) {
  const lines = stderr.split('\n');
  expect(lines.filter(line => line.startsWith('local-cluster: '))).not.toEqual([]);
  expect(stderr).toMatch(/\n {2}why: .+\n {2}do this: .+\n/);
  expect(stderr).toMatch(/three ways out:\n {2}A\. .+\n {2}B\. .+\n {2}C\. .+/);
}

/** Every line marked BAD or warn is followed by why and what to do. */
function expectDetails(stdout: string) {
  const lines = stdout.split('\n');
  for (const [index, line] of lines.entries()) {
    if (!/^(BAD|warn) /.test(line)) continue;
    expect(lines[index + 1]).toMatch(/^ {8}why: \S/);
    expect(lines[index + 2]).toMatch(/^ {8}do this: \S/);
  }
}

describe('a machine that can', () => {
  it.each<[string, Description, string]>([
    ['cgroup v2', {}, 'cgroup v2 with cpu cpuset memory pids, delegated and writable'],
    ['cgroup v1', {cgroups: 'v1'}, 'cgroup v1 with cpu cpuacct cpuset memory pids, writable'],
    ['hybrid cgroups', {cgroups: 'hybrid'}, 'cgroup hybrid with cpu cpuacct cpuset memory pids'],
  ])('with %s is told so: 0', (_, description, line) => {
    const {code, stdout, stderr} = check(description);
    expect(stdout).toContain(`ok    ${line}`);
    expect(stdout).not.toContain('BAD');
    expect(stderr).toContain('chose from-source: it is installed and this machine can run it');
    expect(code).toBe(0);
  });
});

describe('a host that cannot: 3', () => {
  const CASES: [string, Description, string[]][] = [
    [
      'cgroup v2 without memory',
      {controllers: 'cpuset cpu pids'},
      ['cgroup v2 (cgroup.controllers has: cpuset cpu pids) lacks: memory', 'nothing inside'],
    ],
    [
      'cgroup v2 with no controller at all',
      {controllers: ''},
      ['(cgroup.controllers has: nothing) lacks: cpu cpuset memory pids'],
    ],
    [
      'cgroup v1 without memory',
      {cgroups: 'v1', controllers: 'cpu cpuacct cpuset pids'},
      ['cgroup v1 (mounted: cpu cpuacct cpuset pids) lacks: memory', '--cgroupns=host'],
    ],
    [
      'hybrid cgroups without cpu and pids',
      {cgroups: 'hybrid', controllers: 'cpuacct cpuset memory'},
      ['cgroup hybrid (mounted: cpuacct cpuset memory) lacks: cpu pids'],
    ],
    [
      'a kernel started without memory cgroups',
      {controllers: 'cpuset cpu pids', disabled: ['memory']},
      ['the kernel was started without memory', 'cgroup_enable=memory'],
    ],
    ['no cgroups', {cgroups: 'none'}, ['no cgroup file system is mounted at /sys/fs/cgroup']],
    ['read-only v2', {readOnly: true}, ['/sys/fs/cgroup is mounted read-only', 'check --fix']],
    [
      'read-only v1',
      {cgroups: 'v1', readOnly: true},
      ['/sys/fs/cgroup/cpu is mounted read-only', 'the controllers are there'],
    ],
    [
      'controllers that are not delegated',
      {delegated: 'cpu'},
      ['has cpuset memory pids, but does not hand it down (cgroup.subtree_control has: cpu)'],
    ],
    [
      'a container that is not privileged',
      {capabilities: UNPRIVILEGED},
      ['this container is not privileged: it lacks CAP_SYS_ADMIN CAP_NET_ADMIN'],
    ],
    ['no /dev/kmsg', {kmsg: false}, ['/dev/kmsg cannot be read', '--device /dev/kmsg']],
    ['no overlay', {overlay: false}, ['the kernel has no overlay file system', 'modprobe']],
    ['overlay upon overlay', {disk: 'overlay'}, ['is on an overlay file system itself', '--home']],
    ['few inotify instances', {inotify: [64, 1048576]}, ['inotify: 64 instances', 'too many open']],
    ['few inotify watches', {inotify: [1024, 4096]}, ['and 4096 watches a user']],
    ['a full disk', {freeGiB: 2}, ['2 GiB are free below', 'take 5 GiB at least']],
    ['another node from source', {bridge: true}, ['another from-source cluster is here']],
    ['a port in use', {listening: [26445]}, ['something listens on port 26445', '--port']],
  ];

  it.each(CASES)('%s', (_, description, said) => {
    const {code, stdout, stderr} = check(description);
    for (const words of said) expect(stdout).toContain(words);
    expectDetails(stdout);
    expectAdvice(stderr);
    expect(code).toBe(3);
  });

  it('is told apart from a missing tool also when none is installed', () => {
    const {code, stdout} = check({controllers: 'cpuset cpu pids', tools: {}});
    expect(stdout).toContain('lacks: memory');
    expect(code).toBe(3);
  });

  it('counts for the driver that was named', () => {
    const {code, stderr} = check({kmsg: false}, '--driver', 'from-source');
    expect(stderr).toContain('from-source cannot run on this host: /dev/kmsg cannot be read');
    expect(code).toBe(3);
  });

  it('says of a kubelet’s fixed port that --port does not help', () => {
    const {stdout} = check({listening: [10250], tools: {k3s: 'true', setsid: 'true'}});
    expect(stdout).toMatch(/k3s +no: something listens on port 10250 already; that is a kubelet/);
  });
});

describe('a missing tool: 4', () => {
  it.each(['k3d', 'kind', 'minikube', 'k3s', 'k0s', 'from-source'])('of %s is named', driver => {
    const {code, stderr} = check({tools: {}, cniPlugins: false}, '--driver', driver);
    expect(stderr).toContain(`${driver} cannot be used: not installed: `);
    expect(stderr).toMatch(/install them \(\w+: .+\)/);
    expectAdvice(stderr);
    expect(code).toBe(4);
  });

  it('names what to install when nothing is', () => {
    const {code, stderr} = check({tools: {}});
    expect(stderr).toContain('docker: https://docs.docker.com/engine/install');
    expect(code).toBe(4);
  });

  it('counts an old Go as missing', () => {
    const tools = {...FROM_SOURCE, go: 'echo go version go1.19.8 linux/amd64'};
    expect(check({tools}).stdout).toMatch(/from-source +no: not installed: go\n/);
  });

  it('asks people for root, which is no limit of the host', () => {
    const {code, stdout} = check({capabilities: USER, kmsg: false});
    expect(stdout).toContain('warn  you are not root');
    expect(stdout).toMatch(/from-source +no: it needs root/);
    expect(code).toBe(4);
  });

  it('is not met while Docker does not answer', () => {
    const docker = 'echo "Cannot connect to the Docker daemon" >&2; exit 1';
    const tools = {docker, kind: 'true', kubectl: 'true'};
    const {code, stdout} = check({tools}, '--driver', 'kind');
    expect(stdout).toContain('warn  no Docker engine answers');
    expectDetails(stdout);
    expect(code).toBe(4);
  });
});

describe('a Docker engine', () => {
  const tools = {docker: DOCKER, kind: 'true', kubectl: 'true', minikube: 'true'};

  it('is asked instead of the cgroups seen from here, and the first driver of it is taken', () => {
    const {code, stdout, stderr} = check({capabilities: USER, cgroups: 'none', tools});
    expect(stdout).toContain('a Docker engine answers (version 28.0, cgroup v2)');
    expect(stdout).toMatch(/k3d +no: not installed: k3d/);
    expect(stderr).toContain('chose kind: ');
    expect(code).toBe(0);
  });

  it('that cannot limit memory can run no node', () => {
    const docker = `${DOCKER}; echo 'WARNING: No memory limit support'`;
    const {code, stdout} = check({tools: {...tools, docker}}, '--driver', 'kind');
    expect(stdout).toContain('BAD   the Docker engine cannot limit: memory');
    expectDetails(stdout);
    expect(code).toBe(3);
  });

  it('is what counts where there is no Linux', () => {
    const {code, stdout} = check({operatingSystem: 'Darwin', tools}, '--driver', 'kind');
    expect(stdout).toContain('this is Darwin, not Linux');
    expect(code).toBe(0);
  });
});

describe('--fix', () => {
  const subtree = (at: {root: string}) =>
    readFileSync(join(at.root, 'sys/fs/cgroup/cgroup.subtree_control'), 'utf8');

  it('delegates controllers, once', () => {
    const here = machine({tools: FROM_SOURCE, delegated: ''});
    expect(here.run('check').code).toBe(3);
    expect(subtree(here)).toBe('\n');
    const fixed = here.run('check', ['--fix']);
    expect(fixed.stderr).toContain('fixed: wrote +cpu +cpuset +memory +pids to');
    expect(fixed.code).toBe(0);
    expect(subtree(here)).toBe('+cpu +cpuset +memory +pids\n');
    expect(here.run('check', ['--fix']).stderr).toContain('nothing to fix');
  });

  it('remounts, and says why it could not', () => {
    const mount = 'echo "mount: permission denied" >&2; exit 32';
    const here = machine({tools: {...FROM_SOURCE, mount}, readOnly: true});
    const {code, stderr} = here.run('check', ['--fix']);
    expect(here.calls()).toContain('mount -o remount,bind,rw /sys/fs/cgroup');
    expect(stderr).toContain('not fixed: /sys/fs/cgroup stays read-only: mount: permission denied');
    expect(code).toBe(3);
  });

  it('raises inotify limits, and lowers none', () => {
    const here = machine({tools: FROM_SOURCE, inotify: [128, 1048576]});
    expect(here.run('check').stdout).toContain('warn  inotify: 128 instances');
    const {stdout, stderr} = here.run('check', ['--fix']);
    expect(stderr).toContain('fixed: fs.inotify.max_user_instances is 512 until');
    expect(stderr).not.toContain('max_user_watches');
    expect(stdout).toContain('ok    inotify: 512 instances and 1048576 watches');
  });

  it('is the only way that mount is called', () => {
    const here = machine({tools: {...FROM_SOURCE, mount: 'true'}, readOnly: true});
    here.run('check');
    expect(here.calls().filter(call => call.startsWith('mount'))).toEqual([]);
  });
});

describe('wrong usage: 2', () => {
  it.each([
    [['--driver', 'microk8s'], 'there is no driver "microk8s"'],
    [['--port', 'http'], '--port must be a whole number, not "http"'],
    [['--name', 'A b'], 'a name has small letters'],
    [['--timeout'], '--timeout needs a value'],
    [['--install'], '--install is not known here'],
    [['now'], '"now" is not expected'],
  ])('%s', (args, said) => {
    const {code, stderr} = machine({capabilities: ROOT}).run('check', args);
    expect(stderr).toContain(said);
    expect(code).toBe(2);
  });
});
