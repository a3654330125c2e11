import {execFile, execFileSync, spawn} from 'node:child_process';
import {once} from 'node:events';
import {existsSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {createInterface} from 'node:readline';
import {promisify} from 'node:util';
import {afterAll, beforeAll, expect, it} from 'vitest';
import {describeUnless} from '../kit/unless.ts';

const KUBECTL = process.env.KUBECTL ?? '';
const HAS_KUBECTL = KUBECTL !== '' && existsSync(KUBECTL);
const whyNoKubectl = HAS_KUBECTL ? undefined : 'KUBECTL names no kubectl';

const pod = (name: string) => `
apiVersion: v1
kind: Pod
metadata: {name: ${name}}
spec:
  restartPolicy: Never
  terminationGracePeriodSeconds: 1
  containers:
    - name: agent
      image: local
      command: [sh, -c, 'echo one; echo two; exec sleep 600']
`;

describeUnless(whyNoKubectl, 'kubectl on the embedded cluster', () => {
  const home = mkdtempSync(join(tmpdir(), 'gc-kubectl-'));
  const env = {
    PATH: process.env.PATH ?? '',
    HOME: home,
    KUBECONFIG: join(home, 'state', 'kubeconfig'),
  };
  const dev = (...args: string[]) =>
    execFileSync('dist/gc-dev-cluster', [...args, '--directory', join(home, 'state')], {env});
  const kubectl = async (args: string, ...more: string[]): Promise<string> =>
    (await promisify(execFile)(KUBECTL, [...args.split(' '), ...more], {env})).stdout;

  beforeAll(() => {
    dev('up', '--detach');
    writeFileSync(join(home, 'pod.yaml'), pod('p'));
  });
  afterAll(() => {
    dev('down');
    rmSync(home, {recursive: true, force: true});
  });

  it('applies a pod, waits for it, shows, describes, reads and enters it, and deletes it', async () => {
    expect(await kubectl('apply -f', join(home, 'pod.yaml'))).toBe('pod/p created\n');
    expect(await kubectl('wait --for=condition=Ready pod/p --timeout=30s')).toBe(
      'pod/p condition met\n',
    );
    expect(await kubectl('get pods -o wide')).toMatch(
      /^NAME +READY +STATUS +RESTARTS +AGE +IP +NODE +NOMINATED NODE +READINESS GATES\np +1\/1 +Running +0 /,
    );
    expect(await kubectl('describe pod p')).toMatch(
      /Status: +Running[\s\S]*Events:[\s\S]*Scheduled/,
    );
    expect(await kubectl('logs p --tail=1')).toBe('two\n');
    expect(await kubectl('exec p -- sh -c', 'echo in $HOSTNAME')).toBe('in p\n');
    await expect(kubectl('exec p -- sh -c', 'exit 7')).rejects.toMatchObject({code: 7});
    expect(await kubectl('get nodes')).toMatch(/gc-dev-cluster +Ready/);
    expect(await kubectl('delete pod p')).toContain('pod "p" deleted');
    await expect(kubectl('get pod p')).rejects.toThrow('pods "p" not found');
  });

  it('follows a log until the pod is gone', async () => {
    writeFileSync(join(home, 'followed.yaml'), pod('followed'));
    await kubectl('apply -f', join(home, 'followed.yaml'));
    await kubectl('wait --for=condition=Ready pod/followed --timeout=30s');
    const following = spawn(KUBECTL, ['logs', '-f', 'followed'], {env, stdio: 'pipe'});
    const closed = once(following, 'close');
    const lines: string[] = [];
    const read = createInterface({input: following.stdout});
    read.on('line', line => lines.push(line));
    await once(read, 'line');
    await kubectl('delete pod followed');
    await closed;
    expect(lines).toEqual(['one', 'two']);
  });

  it('makes objects of its own, and watches them', async () => {
    const watching = spawn(KUBECTL, ['get', 'cm', '-w', '--no-headers'], {env, stdio: 'pipe'});
    const isShown = new Promise<void>(resolve => {
      // From the beginning: what is printed before anybody listens is lost.
      createInterface({input: watching.stdout}).on('line', line => {
        if (line.startsWith('mine ')) resolve();
      });
    });
    await kubectl('create configmap mine --from-literal=a=1');
    await isShown;
    watching.kill();
    await kubectl('create secret generic hidden --from-literal=a=1');
    expect(await kubectl('get secret hidden -o', 'jsonpath={.data.a}')).toBe('MQ==');
    await kubectl('create namespace elsewhere');
    await kubectl('-n elsewhere create serviceaccount bot');
    expect(await kubectl('auth can-i create pods')).toBe('yes\n');
    await kubectl('delete namespace elsewhere');
    expect(await kubectl('get cm -n elsewhere')).toBe('');
  });

  it('applies our manifests, and finds nothing to change the second time', async () => {
    expect(await kubectl('apply -k contrib/k8s')).toContain('statefulset.apps/dolt created');
    const again = (await kubectl('apply -k contrib/k8s')).trimEnd().split('\n');
    expect(again.filter(line => !line.endsWith(' unchanged'))).toEqual([]);
    expect(await kubectl('get all -n gc')).toContain('cronjob.batch/gc-event-cleanup');
  });
});
