import {describe, expect, it} from 'vitest';
import {machine} from './machine.ts';

/** The end of a log as each program writes it, and words of the explanation. */
const LOGS: [string, string, string[]][] = [
  [
    'kind whose systemd does not start',
    `Creating cluster "gascity" ...
 ✓ Ensuring node image (kindest/node:v1.34.0) 🖼
 ✗ Preparing nodes 📦
Deleted nodes: ["gascity-control-plane"]
ERROR: failed to create cluster: could not find a log line that matches "Reached target .*Multi-User System.*|detected cgroup v1"`,
    ['systemd in kind', 'cgroup controllers, cgroup delegation or privileges'],
  ],
  [
    'k3s without the memory controller of v2',
    `time="2026-03-01T10:00:00Z" level=info msg="Starting k3s v1.34.1+k3s1 (24fc436e)"
time="2026-03-01T10:00:01Z" level=fatal msg="failed to find memory cgroup (v2)"`,
    ['k3s sees cgroup v2 without the memory controller', 'did not delegate'],
  ],
  [
    'k3s on a Raspberry Pi',
    `level=fatal msg="failed to find memory cgroup, you may need to add \\"cgroup_memory=1 cgroup_enable=memory\\" to your linux cmdline (/boot/cmdline.txt on a Raspberry Pi)"`,
    ['started without the memory controller', 'command line'],
  ],
  [
    'k3d in a container with read-only cgroups',
    `level=fatal msg="Error: failed to evacuate root cgroup: mkdir /sys/fs/cgroup/init: read-only file system"`,
    ['mounted read-only', 'check --fix'],
  ],
  [
    'k3d that waited in vain',
    `INFO[0000] Creating node 'k3d-gascity-server-0'
ERRO[0120] Failed Cluster Start: Failed to start server k3d-gascity-server-0: Node k3d-gascity-server-0 failed to get ready: error waiting for log line \`k3s is up and running\` from node 'k3d-gascity-server-0': stopped returning log lines: context deadline exceeded`,
    ['k3s in k3d', '--timeout 600'],
  ],
  [
    'a kubelet on cgroup v1',
    `E0301 10:00:00 run.go:72] "command failed" err="failed to run Kubelet: kubelet is configured to not run on a host using cgroup v1. cgroup v1 support is unsupported"`,
    ['from Kubernetes 1.35 on', 'fail-cgroupv1=false'],
  ],
  [
    'a kubelet without /dev/kmsg',
    `E0301 10:00:00 run.go:74] "command failed" err="failed to run Kubelet: failed to create kubelet: open /dev/kmsg: no such file or directory"`,
    ['watches /dev/kmsg', '--device /dev/kmsg'],
  ],
  [
    'k3s on overlay',
    `level=fatal msg="overlayfs snapshotter cannot be enabled for \\"/var/lib/rancher/k3s/agent/containerd\\", try using \\"fuse-overlayfs\\" or \\"native\\": failed to mount overlay: invalid argument"`,
    ['cannot be laid over', '--home DIR'],
  ],
  [
    'several kind nodes',
    `Error: failed to create fsnotify watcher: too many open files`,
    ['inotify limits are used up', 'check --fix'],
  ],
  [
    'a user outside the group docker',
    `permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock`,
    ['may not use the Docker engine', 'group docker'],
  ],
  [
    'no Docker',
    `ERROR: failed to create cluster: failed to get docker info: command "docker info --format '{{json .}}'" failed with error: exit status 1

Command Output: Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?`,
    ['no Docker engine runs', '--driver from-source'],
  ],
  [
    'minikube as root',
    `* The "docker" driver should not be used with root privileges. If you wish to continue as root, use --force.
X Exiting due to DRV_AS_ROOT: The "docker" driver should not be used with root privileges.`,
    ['does not use Docker as root', '--force'],
  ],
  [
    'minikube over another version',
    `X Exiting due to K8S_DOWNGRADE_UNSUPPORTED: Unable to safely downgrade existing Kubernetes v1.35.0 cluster to v1.34.0`,
    ['another Kubernetes version', '--kubernetes-version'],
  ],
  [
    'minikube with one processor',
    `X Exiting due to RSRC_INSUFFICIENT_CORES: Docker has less than 2 CPUs available, but Kubernetes requires at least 2 to be available`,
    ['fewer processors or less memory'],
  ],
  [
    'minikube whose node does not come up',
    `X Exiting due to GUEST_PROVISION: error provisioning guest: Failed to start host: creating host: create: creating: create kic node`,
    ['kubelet did not come up', 'contrib/local-cluster/check'],
  ],
  [
    'kubeadm that gives up on the kubelet',
    `[kubelet-check] The kubelet is not healthy after 4m0.000811404s`,
    ['kubelet did not come up'],
  ],
  [
    'a port in use',
    `docker: Error response from daemon: driver failed programming external connectivity: Bind for 127.0.0.1:26443 failed: port is already allocated.`,
    ['something else listens', '--port'],
  ],
  ['a full disk', `write /var/lib/docker/tmp/x: no space left on device`, ['disk', '--home']],
  [
    'a registry out of reach',
    `failed to pull image "kindest/node:v1.34.0": command "docker pull" failed`,
    ['could not be fetched', 'contrib/local-cluster/load'],
  ],
];

describe('check --log', () => {
  it.each(LOGS)('explains %s', (_, log, said) => {
    const {code, stderr} = machine().run('check', ['--log', '-'], log);
    expect(stderr).toMatch(/local-cluster: known: .+\n {2}why: .+\n {2}do this: .+\n/);
    for (const words of said) expect(stderr).toContain(words);
    expect(stderr).toContain('three ways out:');
    expect(code).toBe(0);
  });

  it('says of a log without such a line that it knows none', () => {
    const {code, stderr} = machine().run('check', ['--log', '-'], 'all is well\n');
    expect(stderr).toContain('standard input has no line that is known');
    expect(code).toBe(1);
  });

  it('says when there is no such log', () => {
    const {code, stderr} = machine().run('check', ['--log', '/nowhere/log']);
    expect(stderr).toContain('/nowhere/log cannot be read');
    expect(code).toBe(1);
  });
});
