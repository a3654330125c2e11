import {readFileSync} from 'node:fs';
import {load, loadAll} from 'js-yaml';
import {describe, expect, it} from 'vitest';
import {NEEDED} from '../../../src/people/doctor/permissions.ts';
import {DOLT_IMAGE} from '../../../src/people/doctor/pods.ts';
import {peopleCity} from './gc-k8s.ts';

interface Report {
  readonly ok: boolean;
  readonly findings: readonly {link: string; verdict: string; says: string; todo?: string}[];
}

describe('doctor', () => {
  it('prints a line for each link, and what to do below a broken one', async () => {
    const {gc} = await peopleCity({oldServer: true});
    const {code, stdout, stderr} = await gc('doctor --no-dolt');
    expect([code, stderr]).toEqual([1, '']);
    const lines = stdout.toString().split('\n');
    expect(lines[0]).toMatch(
      /^ok {4}kubeconfig {7}context \S+, server https:\S+, namespace default$/,
    );
    const at = lines.findIndex(line => line.startsWith('FAIL  version'));
    expect(lines.slice(at, at + 2)).toEqual([
      'FAIL  version          Kubernetes v1.29.0-gc-dev-cluster is older than 1.30: its exec cannot close stdin',
      '                       → upgrade the cluster to Kubernetes 1.30 or newer',
    ]);
    expect(lines.at(-2)).toMatch(/^\d+ ok, \d+ warnings?, \d+ failed, \d+ not looked at$/);
  });

  it('skips what hangs on a broken link, in the report for programs too', async () => {
    const {gc} = await peopleCity();
    const {code, stdout} = await gc('doctor -o json', {GC_K8S_CONTEXT: 'nope'});
    const {ok, findings} = JSON.parse(stdout.toString()) as Report;
    expect([code, ok]).toEqual([1, false]);
    const verdicts = findings.map(({link, verdict}) => [link, verdict]);
    expect(verdicts[0]).toEqual(['kubeconfig', 'failed']);
    expect(new Set(verdicts.slice(1).map(([, verdict]) => verdict))).toEqual(new Set(['skipped']));
  });

  it('names each verb that an account lacks, and creates nothing then', async () => {
    const {gc, dev, pods} = await peopleCity();
    dev.access.deny({verb: 'patch', resource: 'pods'});
    const {code, stdout} = await gc('doctor --no-dolt');
    expect(code).toBe(1);
    expect(stdout.toString()).toMatch(/^FAIL {2}permissions .*may not patch pods in/m);
    expect(pods()).toEqual([]);
  });

  it('says by how much the clocks differ', async () => {
    const {gc, dev} = await peopleCity();
    dev.faults.add({match: {}, action: {type: 'clock-skew', seconds: 90}});
    const {stdout} = await gc('doctor --no-dolt');
    expect(stdout.toString()).toMatch(/^warn {2}clock .* (89|90|91) s behind the API server's$/m);
  });

  it('tells the newest warnings about pods, and none about throw-away pods of its own', async () => {
    const {gc, dev} = await peopleCity();
    const lastTimestamp = new Date().toISOString();
    for (const name of ['mayor', 'gc-doctor-1234abcd']) {
      dev.store.put('events', {
        ...{apiVersion: 'v1', kind: 'Event'},
        metadata: {name: `${name}.1`, namespace: 'default'},
        involvedObject: {kind: 'Pod', name},
        ...{type: 'Warning', reason: 'Unhealthy', message: 'Startup probe failed: ', lastTimestamp},
      });
    }
    const {stdout} = await gc('doctor --no-dolt');
    expect(stdout.toString()).toMatch(
      /^warn {2}recent failures {2}\ds ago pod mayor: Unhealthy: Startup probe failed$/m,
    );
  });

  it('asks for what the shipped Role gives, and for the shipped Dolt', () => {
    const rules = (loadAll(readFileSync('contrib/k8s/rbac.yaml', 'utf8')) as Role[])
      .filter(({kind, metadata}) => kind === 'Role' && metadata.name === 'gc-controller')
      .flatMap(role => role.rules ?? []);
    const given = rules.flatMap(({resources, verbs}) => resources.map(name => [name, verbs]));
    expect(Object.fromEntries(given)).toEqual(NEEDED);
    const shipped = readFileSync('contrib/k8s/dolt-statefulset.yaml', 'utf8');
    const {spec} = load(shipped) as {spec: {template: {spec: {containers: {image: string}[]}}}};
    expect(spec.template.spec.containers[0]?.image).toBe(DOLT_IMAGE);
  });
});

interface Role {
  readonly kind: string;
  readonly metadata: {readonly name: string};
  readonly rules?: readonly {resources: string[]; verbs: string[]}[];
}
