import {existsSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {DOCKER, machine, type Description} from './machine.ts';

/** A stand-in that makes and removes a cluster: a file below HOME tells whether it is there. */
const CLUSTER = {
  k3d: `case $2 in
    list) [ -f "$HOME/made" ] ;;
    create) touch "$HOME/made" ;;
    delete) rm "$HOME/made" ;;
  esac`,
  kind: `case $1 in
    get) if [ -f "$HOME/made" ]; then [ "$2" = nodes ] && echo gascity-control-plane || echo gascity; fi ;;
    create) cat "$8" >"$HOME/config"; touch "$HOME/made" ;;
    delete) rm "$HOME/made" ;;
  esac`,
  minikube: `case $1 in
    status) [ -f "$HOME/made" ] || exit 85 ;;
    start) touch "$HOME/made" ;;
    delete) rm "$HOME/made" ;;
  esac`,
};
const KUBECTL = `[ -f "$HOME/made" ] && [ ! -f "$HOME/stopped" ] && echo 'gascity Ready control-plane 1m v1.34.0'`;

type Driver = keyof typeof CLUSTER;

function withDriver(driver: Driver, description: Description = {}) {
  const touch = 'exec /usr/bin/touch "$@"';
  return machine({
    ...description,
    tools: {
      docker: DOCKER,
      kubectl: KUBECTL,
      touch,
      id: 'echo 1000',
      [driver]: CLUSTER[driver],
      ...description.tools,
    },
  });
}

const UP: Record<Driver, {context: string; create: string; load: string; remove: string}> = {
  k3d: {
    context: 'k3d-gascity',
    create:
      'k3d cluster create gascity --servers 1 --agents 3 --api-port 127.0.0.1:26443 --wait --timeout 120s --kubeconfig-update-default --kubeconfig-switch-context=false',
    load: 'k3d image import agent:1 --cluster gascity',
    remove: 'k3d cluster delete gascity',
  },
  kind: {
    context: 'kind-gascity',
    create: 'kind create cluster --name gascity --wait 120s --config HOME/gascity/kind.yaml',
    load: 'kind load docker-image agent:1 --name gascity',
    remove: 'kind delete cluster --name gascity',
  },
  minikube: {
    context: 'gascity',
    create:
      'minikube start --profile gascity --driver=docker --nodes 4 --wait=all --wait-timeout=120s --keep-context',
    load: 'minikube image load agent:1 --profile gascity',
    remove: 'minikube delete --profile gascity',
  },
};

describe.each(Object.keys(UP) as Driver[])('%s', {timeout: 60_000}, driver => {
  const {context, create, load, remove} = UP[driver];

  it('is brought up once, loaded and removed, each by its own command', () => {
    const here = withDriver(driver);
    const calls = () => here.calls().filter(call => call.startsWith(driver));
    const first = here.run('up');
    expect(first.stderr).toContain(`chose ${driver}: `);
    expect(first.stderr).toContain(`your GC_K8S_CONTEXT is ${context}`);
    expect(first).toMatchObject({code: 0, stdout: `export GC_K8S_CONTEXT=${context}\n`});
    expect(calls()).toContain(create.replace('HOME', here.home));

    const made = calls().length;
    const second = here.run('up');
    expect(second.stderr).toBe(`local-cluster: gascity (${driver}) is up already\n`);
    expect(second.code).toBe(0);
    expect(calls().slice(made).join()).not.toMatch(/create|start/);

    expect(here.run('load', ['agent:1']).code).toBe(0);
    expect(calls()).toContain(load);

    expect(here.run('down').code).toBe(0);
    expect(calls().at(-1)).toBe(remove);
    const gone = here.run('down');
    expect(gone.stderr).toContain('no cluster named gascity was made here');
    expect(gone.code).toBe(0);
    expect(calls().filter(call => call === remove)).toHaveLength(1);
  });

  it('that stopped is started, not made anew', () => {
    const here = withDriver(driver);
    here.run('up');
    writeFileSync(join(here.directory, 'stopped'), '');
    const before = here.calls().length;
    const {code, stderr} = here.run('up', ['--timeout', '0']);
    expect(stderr).toContain(`starting gascity (${driver})`);
    expect(stderr).toContain('had no Ready nodes within 0 s');
    expect(code).toBe(1);
    const calls = here.calls().slice(before).join('\n');
    expect(calls).toMatch(/k3d cluster start|docker start gascity-control-plane|minikube start/);
    expect(calls).not.toMatch(/delete|create/);
  });

  it('is told to accept cgroup v1 where the engine has that', () => {
    const docker = DOCKER.replace('Version: 2\\', 'Version: 1\\');
    const here = withDriver(driver, {tools: {docker}});
    expect(here.run('up').code).toBe(0);
    const config = join(here.directory, 'config');
    const said = here.calls().join('\n') + (existsSync(config) ? readFileSync(config, 'utf8') : '');
    expect(said).toMatch(/fail-cgroupv1=false|failCgroupV1: false/);
  });

  it('is not tried on a host that cannot: nothing was created', () => {
    const docker = `${DOCKER}; echo 'WARNING: No memory limit support'`;
    const here = withDriver(driver, {tools: {docker}});
    const {code, stdout} = here.run('up', ['--driver', driver]);
    expect({code, stdout}).toEqual({code: 3, stdout: ''});
    expect(here.calls().join()).not.toMatch(/create|minikube start/);
  });

  it('that hangs is ended in time, explained and removed', () => {
    const hang = `echo 'failed to create fsnotify watcher: too many open files'; exec sleep 600`;
    const code = CLUSTER[driver].replace(/(create|start)\)/, `$1) touch "$HOME/made"; ${hang};`);
    const here = withDriver(driver, {tools: {[driver]: code}});
    const ended = here.run('up', ['--timeout', '1']);
    expect(ended.stderr).toContain(`${driver} was ended after 1 s`);
    expect(ended.stderr).toContain('inotify limits are used up');
    expect(ended.stderr).toContain('three ways out:');
    expect(ended.code).toBe(1);
    expect(here.calls()).toContain(remove);
    expect(existsSync(join(here.home, 'gascity'))).toBe(false);
  });

  it('half made by an up that was killed is made anew', () => {
    const here = withDriver(driver);
    here.run('up');
    writeFileSync(join(here.home, 'gascity/stage'), 'creating\n');
    const {code, stderr} = here.run('up');
    expect(stderr).toContain('did not finish: beginning anew');
    expect(code).toBe(0);
    expect(here.calls()).toContain(remove);
  });
});

it('minikube is forced for root, who else is refused', () => {
  const here = withDriver('minikube', {tools: {id: 'echo 0'}});
  here.run('up');
  expect(here.calls().join('\n')).toMatch(/minikube start .* --force/);
});

it('kind has as many workers as asked for, and the port', () => {
  const here = withDriver('kind');
  here.run('up', ['--agents', '1', '--port', '7443']);
  const config = readFileSync(join(here.directory, 'config'), 'utf8');
  expect(config.match(/role: worker/g)).toHaveLength(1);
  expect(config).toContain('apiServerPort: 7443');
});

it('another driver does not take a name that is in use', () => {
  const here = withDriver('kind');
  here.run('up');
  const {code, stderr} = here.run('up', ['--driver', 'k3d']);
  expect(stderr).toContain('gascity was made by kind, not by k3d');
  expect(code).toBe(1);
});

it('down leaves every other cluster alone', () => {
  const here = withDriver('kind');
  here.run('up');
  expect(here.run('down', ['--name', 'other']).code).toBe(0);
  expect(here.calls().join()).not.toContain('delete');
});

it('load wants a cluster that is up, and an image', () => {
  const here = withDriver('kind');
  expect(here.run('load')).toMatchObject({code: 2});
  const nothing = here.run('load', ['agent:1']);
  expect(nothing.stderr).toContain('there is no cluster named gascity to load agent:1 into');
  expect(nothing.code).toBe(1);
});
