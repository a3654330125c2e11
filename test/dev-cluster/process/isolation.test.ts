import {existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, onTestFinished} from 'vitest';
import {clientOf} from '../kit.ts';
import {createPod, inPod, onProcesses, podIn, processesWith, testOnProcesses} from './kit.ts';

const sleeping = {command: ['sleep', '1000']};

testOnProcesses('a container that removes everything hurts nobody else', async () => {
  const own = await onProcesses();
  const outside = mkdtempSync('/tmp/gc-outside-');
  onTestFinished(() => rmSync(outside, {recursive: true}));
  writeFileSync(join(outside, 'file'), 'precious');
  const opt = readdirSync('/opt');
  for (const name of ['one', 'other']) {
    await createPod(own, name, {containers: [sleeping]});
    await podIn(own, name, 'Running');
  }
  await inPod(own, 'other', 'echo mine >/tmp/file; echo mine >/root/file');
  expect(await inPod(own, 'one', 'ls -A /tmp /home /run /var/tmp /root')).not.toContain('gc-');
  await inPod(own, 'one', 'rm -rf /tmp /run /home /root /var /opt /usr/local /etc/passwd 2>&1');
  expect(readFileSync(join(outside, 'file'), 'utf8')).toBe('precious');
  expect(readdirSync('/opt')).toEqual(opt);
  expect(existsSync('/etc/passwd')).toBe(true);
  expect(await inPod(own, 'other', 'cat /tmp/file /root/file')).toBe('mine\nmine');
});

testOnProcesses('a container sees its own processes, and cannot reach the others', async () => {
  const own = await onProcesses();
  await createPod(own, 'box', {containers: [sleeping]});
  await podIn(own, 'box', 'Running');
  const seen = await inPod(own, 'box', 'cat /proc/[0-9]*/cmdline | tr "\\0" " "');
  expect(seen).toMatch(/^sleep 1000 /);
  expect(seen).not.toContain('vitest');
  await inPod(own, 'box', `kill -9 ${process.pid} 2>&1`);
  expect(await inPod(own, 'box', 'mount -o remount,rw /usr 2>&1 && echo done')).not.toContain(
    'done',
  );
  expect(await inPod(own, 'box', 'mknod /tmp/disk b 8 0 2>&1 && echo done')).not.toContain('done');
});

testOnProcesses('what a container leaves running ends with it', async () => {
  const own = await onProcesses();
  const mark = `left-${process.pid}`;
  const script = `MARK=${mark} setsid sleep 1000 & exit 0`;
  await createPod(own, 'box', {containers: [{command: ['sh', '-c', script]}]});
  await podIn(own, 'box', 'Succeeded');
  expect(processesWith(mark)).toEqual([]);
});

testOnProcesses('a container runs as the user that its pod asks for', async () => {
  const own = await onProcesses();
  await clientOf(own.dev).call('POST', '/secrets', {metadata: {name: 's'}, stringData: {a: 'x'}});
  await createPod(own, 'box', {
    securityContext: {runAsUser: 4321, runAsGroup: 4321, fsGroup: 4321, runAsNonRoot: true},
    volumes: [
      {name: 'work', emptyDir: {}},
      {name: 'secret', secret: {secretName: 's', defaultMode: 0o440}},
    ],
    containers: [
      {
        ...sleeping,
        volumeMounts: [
          {name: 'work', mountPath: '/workspace'},
          {name: 'secret', mountPath: '/secret', readOnly: true},
        ],
        securityContext: {capabilities: {drop: ['ALL']}, allowPrivilegeEscalation: false},
      },
    ],
  });
  await podIn(own, 'box', 'Running');
  expect(
    await inPod(
      own,
      'box',
      'id -u; id -g; cat /secret/a; echo; echo y >/workspace/f && ls /workspace',
    ),
  ).toBe('4321\n4321\nx\nf');
  expect(await inPod(own, 'box', 'grep CapBnd /proc/1/status; touch /secret/b 2>&1')).toMatch(
    /CapBnd:\t0{16}\n.*Read-only file system/,
  );
});

testOnProcesses('the environment comes from where the pod says', async () => {
  const own = await onProcesses();
  const client = clientOf(own.dev);
  await client.call('POST', '/configmaps', {metadata: {name: 'c'}, data: {A: 'one', B: 'two'}});
  await client.call('POST', '/secrets', {metadata: {name: 's'}, stringData: {token: 'a b\nc'}});
  const from = (valueFrom: object) => ({valueFrom});
  const env = [
    {name: 'TOKEN', ...from({secretKeyRef: {name: 's', key: 'token'}})},
    {name: 'KEY', ...from({configMapKeyRef: {name: 'c', key: 'B'}})},
    {name: 'NONE', ...from({secretKeyRef: {name: 'none', key: 'x', optional: true}})},
    {name: 'POD', ...from({fieldRef: {fieldPath: 'metadata.name'}})},
    {name: 'LABEL', ...from({fieldRef: {fieldPath: "metadata.labels['colour']"}})},
    {name: 'CPU', ...from({resourceFieldRef: {resource: 'limits.cpu'}})},
    {name: 'MADE', value: '$(POD)-$(KEY)-$$(KEY)-$(UNKNOWN)'},
  ];
  const envFrom = [{prefix: 'C_', configMapRef: {name: 'c'}}];
  const resources = {limits: {cpu: '1500m'}};
  await createPod(
    own,
    'box',
    {containers: [{...sleeping, env, envFrom, resources}]},
    {labels: {colour: 'red'}},
  );
  await podIn(own, 'box', 'Running');
  const script = 'echo "$TOKEN|$KEY|${NONE-unset}|$POD|$LABEL|$CPU|$MADE|$C_A$C_B"';
  expect(await inPod(own, 'box', script)).toBe(
    'a b\nc|two|unset|box|red|2|box-two-$(KEY)-$(UNKNOWN)|onetwo',
  );
});
