import {createHash} from 'node:crypto';
import {cpSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import type {
  V1CronJob,
  V1Deployment,
  V1NetworkPolicy,
  V1Pod,
  V1StatefulSet,
} from '@kubernetes/client-node';
import {expect, it} from 'vitest';
import {succeeded} from '../kit/playground.ts';
import {chartWith, EVERYTHING, PROD} from './chart.ts';
import {CHART, describeWithHelm, withDirectory} from './kit.ts';

describeWithHelm('the values of the chart', helmPath => {
  const {helm, render, renderValues, objects, notes} = chartWith(helmPath);
  const podOf = async (name: string, values: object) => {
    const pod = (await objects(values)).get(`Pod/${name}`) as V1Pod | undefined;
    return {spec: pod?.spec, container: pod?.spec?.containers[0]};
  };

  it('writes large numbers of a values file in full', async () => {
    const {stdout} = succeeded(
      await renderValues({
        settings: {GC_K8S_IMAGE: 'a', GC_K8S_RUN_AS_USER: 1_000_650_000, GC_K8S_TIMEOUT: 1_000_000},
        dolt: {maxConnections: 2_000_000},
        eventCleanup: {keep: 3_000_000},
        runCleanup: {keep: 4_000_000},
        controller: {enabled: true},
      }),
    );
    const numbers = [/^ +GC_K8S_RUN_AS_USER: "1000650000"$/m, /^ +GC_K8S_TIMEOUT: "1000000"$/m];
    const elsewhere = [/^ +runAsUser: 1000650000$/m, /--max-connections=2000000$/m];
    const keeps = [/EVENTS_KEEP, value: "3000000"/, /RETENTION_COUNT, value: "4000000"/];
    for (const number of [...numbers, ...elsewhere, ...keeps]) expect(stdout).toMatch(number);
    expect(stdout).not.toMatch(/\de\+\d/);
  });

  it('tells settings of a values file in the notes in full', async () => {
    const said = await withDirectory(directory => {
      const file = join(directory, 'values.json');
      writeFileSync(file, JSON.stringify({settings: {GC_K8S_RUN_AS_USER: 1_000_650_000}}));
      return notes(`--values=${file}`);
    });
    expect(said).toContain("export GC_K8S_RUN_AS_USER='1000650000'\n");
  });

  it('says which jobs have an image that no registry has', async () => {
    const warning = /cannot pull their image/;
    expect(await notes()).toMatch(warning);
    expect(await notes()).toMatch(/^ +eventCleanup: gc-k8s-controller:0\.1\.0\n +runCleanup: /m);
    expect(await notes('--set=eventCleanup.image.repository=r.io/x')).not.toMatch(/eventCleanup: /);
    expect(await notes('--set=eventCleanup.enabled=false,runCleanup.enabled=false')).not.toMatch(
      warning,
    );
    expect(await notes(...PROD)).not.toMatch(warning);
  });

  it.each(['eventCleanup', 'runCleanup'])('wants an image for %s in production', async job => {
    const {code, stderr} = await render([...PROD, `--set=${job}.image.repository=`]);
    expect(code).not.toBe(0);
    expect(stderr).toMatch(
      new RegExp(`${job}.image.repository is empty: push .* or .*enabled=false`),
    );
    succeeded(
      await render([...PROD, `--set=${job}.image.repository=`, `--set=${job}.enabled=false`]),
    );
  });

  it('says how the namespace is labelled that it does not make', async () => {
    const label = 'kubectl label --overwrite namespace default pod-security.kubernetes.io/enforce=';
    expect(await notes(...PROD)).toContain(`${label}restricted `);
    expect(readFileSync(join(CHART, 'values-prod.yaml'), 'utf8')).toContain(
      'kubectl label --overwrite namespace gc pod-security.kubernetes.io/enforce=restricted',
    );
  });

  it('tests the agents’ image in a pod like theirs', async () => {
    const affinity = {nodeAffinity: {}};
    const settings = {
      ...{GC_K8S_IMAGE: 'a', GC_K8S_CPU_REQUEST: '', GC_K8S_MEM_LIMIT: '2Gi'},
      ...{GC_K8S_STORAGE_LIMIT: '10Gi', GC_K8S_WORKSPACE_PVC: 'claim'},
      GC_K8S_IMAGE_PULL_SECRETS: 'one, two',
      GC_K8S_NODE_SELECTOR: '{"pool":"agents"}',
      GC_K8S_TOLERATIONS: '[{"key":"agents","operator":"Exists"}]',
      GC_K8S_AFFINITY: JSON.stringify(affinity),
      ...{GC_K8S_PRIORITY_CLASS_NAME: 'low', GC_K8S_RUNTIME_CLASS_NAME: 'gvisor'},
    };
    const pod = await podOf('gc-k8s-test-agent', {settings, imagePullSecrets: ['dolts']});
    expect(pod.spec).toMatchObject({
      imagePullSecrets: [{name: 'one'}, {name: 'two'}],
      nodeSelector: {pool: 'agents'},
      tolerations: [{key: 'agents', operator: 'Exists'}],
      affinity,
      ...{priorityClassName: 'low', runtimeClassName: 'gvisor'},
    });
    expect(pod.container?.resources).toEqual({
      requests: {cpu: '500m', memory: '1Gi'},
      limits: {cpu: 2, memory: '2Gi', 'ephemeral-storage': '10Gi'},
    });
  });

  it('asks in its test of Dolt, and in backups, for what the values say', async () => {
    const resources = {requests: {cpu: '10m', memory: '64Mi'}, limits: {cpu: '1', memory: '1Gi'}};
    const given = {tests: {resources}, dolt: {backup: {enabled: true, resources}}};
    const pod = await podOf('gc-k8s-test-dolt', given);
    expect(pod.container?.resources).toEqual(resources);
    expect((await podOf('gc-k8s-test-dolt', {})).container?.resources).toMatchObject({
      requests: {cpu: expect.any(String) as unknown, memory: expect.any(String) as unknown},
      limits: {cpu: expect.any(String) as unknown, memory: expect.any(String) as unknown},
    });
    const backup = (await objects(given)).get('CronJob/dolt-backup') as V1CronJob;
    const [container] = backup.spec?.jobTemplate.spec?.template.spec?.containers ?? [];
    expect(container?.resources).toEqual(resources);
  });

  it.each([
    [{GC_K8S_NODE_SELECTOR: 'pool=agents'}, /GC_K8S_NODE_SELECTOR=pool=agents is no JSON object/],
    [{GC_K8S_TOLERATIONS: '{"key":1}'}, /GC_K8S_TOLERATIONS={"key":1} is no JSON array/],
  ])('refuses settings %j and says why', async (settings, why) => {
    const {code, stderr} = await renderValues({settings: {GC_K8S_IMAGE: 'a', ...settings}});
    expect([code, stderr]).toEqual([1, expect.stringMatching(why)]);
  });

  it('restarts Dolt when the password of its values changes, and tells pods no hash to try words on', async () => {
    const annotation = async (values: object) => {
      const set = (await objects(values)).get('StatefulSet/dolt') as V1StatefulSet;
      return set.spec?.template.metadata?.annotations?.['gc-k8s/root-password'];
    };
    const one = await annotation({secrets: {doltRootPassword: 'one'}});
    expect(one).toMatch(/^\w{16}$/);
    expect(await annotation({secrets: {doltRootPassword: 'one'}})).toBe(one);
    expect(await annotation({secrets: {doltRootPassword: 'two'}})).not.toBe(one);
    expect(createHash('sha256').update('one').digest('hex')).not.toContain(one);
    expect(await annotation({})).toBeUndefined();
    const rootPassword = {existingSecret: 'other'};
    const own = {dolt: {rootPassword}, secrets: {doltRootPassword: 'one'}};
    expect(await annotation(own)).toBeUndefined();
  });

  it('gives gc the password of Dolt, from the Secret that Dolt has it from', async () => {
    const rootPassword = {existingSecret: 'other', key: 'word', required: true};
    const values = {
      ...{controller: {enabled: true}, settings: {GC_K8S_IMAGE: 'agent:1'}},
      dolt: {rootPassword},
    };
    const gc = (await objects(values)).get('Deployment/gc-controller') as V1Deployment;
    const [container] = gc.spec?.template.spec?.containers ?? [];
    expect(container?.env).toContainEqual({
      name: 'BEADS_DOLT_PASSWORD',
      valueFrom: {secretKeyRef: {name: 'other', key: 'word', optional: false}},
    });
    const changed = async (doltRootPassword: string) => {
      const made = await objects({...values, dolt: {}, secrets: {doltRootPassword}});
      const {template} = (made.get('Deployment/gc-controller') as V1Deployment).spec ?? {};
      return template?.metadata?.annotations?.['gc-k8s/root-password'];
    };
    expect(await changed('one')).toMatch(/^\w{16}$/);
    expect(await changed('two')).not.toBe(await changed('one'));
  });

  it('has labels that are valid in a version with a build', async () => {
    await withDirectory(async directory => {
      cpSync(CHART, directory, {recursive: true});
      const file = join(directory, 'Chart.yaml');
      writeFileSync(
        file,
        readFileSync(file, 'utf8').replace(/^version: .*/m, 'version: 1.2.3+b.4'),
      );
      const {stdout} = succeeded(
        await helm('template', 'city', directory, '--kube-version=1.34.0'),
      );
      expect(stdout).toMatch(/helm\.sh\/chart: gc-k8s-1\.2\.3_b\.4$/m);
    });
  });

  it('runs on accounts that are named, made or there, and binds its Roles to them', async () => {
    const named = (name: string) => ({serviceAccount: {create: false, name}});
    const components = {
      controller: {enabled: true, ...named('a')},
      eventCleanup: named('b'),
      runCleanup: named('c'),
      metrics: {enabled: true, ...named('d')},
    };
    const settings = {GC_K8S_IMAGE: 'a'};
    const made = await objects({settings, ...components});
    const accounts = [...made.values()]
      .map(object => JSON.stringify(object))
      .flatMap(text => [...text.matchAll(/"serviceAccountName":"([^"]*)"/g)])
      .map(([, name]) => name);
    expect(accounts.toSorted()).toEqual(['a', 'b', 'c', 'd']);
    for (const [role, name] of Object.entries({
      'gc-controller': 'a',
      'gc-event-cleanup': 'b',
      'gc-run-cleanup': 'c',
      'gc-metrics': 'd',
    })) {
      expect(made.get(`RoleBinding/${role}`)).toMatchObject({
        roleRef: {name: role},
        subjects: [{name}],
      });
      expect(made.has(`ServiceAccount/${role}`)).toBe(false);
    }
    const bare = await objects({rbac: {create: false}});
    expect([...bare.keys()].filter(name => name.startsWith('Role'))).toEqual([]);
    expect([...bare.keys()]).toContain('ServiceAccount/gc-event-cleanup');
    expect(await notes('--set=rbac.create=false')).toMatch(/gc-controller.*docs\/rbac\.md/s);
  });

  it('asks for Dolt under a name that any cluster domain has', async () => {
    const {stdout} = succeeded(await render([...EVERYTHING, '--set=controller.enabled=true']));
    expect(stdout).not.toContain('cluster.local');
    expect(await notes()).toContain('export GC_DOLT_HOST=dolt.default.svc\n');
  });

  it('lets agents reach the mail service that the settings name', async () => {
    const egress = async (settings: object) => {
      const policy = (await objects({settings})).get('NetworkPolicy/gc-agent');
      const rules = (policy as V1NetworkPolicy | undefined)?.spec?.egress ?? [];
      return rules.find(({ports}) =>
        ports?.some(({port}) => port !== 53 && port !== 443 && port !== 3307),
      );
    };
    const inNamespace = (name: string) => [
      {namespaceSelector: {matchLabels: {'kubernetes.io/metadata.name': name}}},
    ];
    const ports = [{protocol: 'TCP', port: 8765}];
    expect(await egress({})).toBeUndefined();
    expect(await egress({GC_K8S_MCP_MAIL_HOST: 'mcp-mail.post.svc.cluster.local'})).toEqual({
      ...{to: inNamespace('post'), ports},
    });
    expect(await egress({GC_K8S_MCP_MAIL_HOST: 'mcp-mail', GC_K8S_MCP_MAIL_PORT: 99})).toEqual({
      to: inNamespace('gc'),
      ports: [{protocol: 'TCP', port: 99}],
    });
    expect(await egress({GC_K8S_MCP_MAIL_HOST: '10.1.2.3'})).toEqual({ports});
  });
});
