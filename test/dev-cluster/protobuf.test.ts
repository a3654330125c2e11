import {expect, test} from 'vitest';
import {decodeProtobuf} from '../../dev-cluster/protobuf/decode.ts';
import {clientOf, devCluster} from './kit.ts';

/** What kubectl 1.34 sent for `create configmap a --from-literal=x=1`. */
const configMap = Buffer.from(
  '6b3873000a0f0a0276311209436f6e6669674d6170121b0a110a016112001a0022002a0032003800420012060a017812' +
    '01311a002200',
  'hex',
);

const envelope = (kind: string, raw: string): Buffer => {
  const name = Buffer.from(kind);
  const meta = Buffer.concat([Buffer.from([0x0a, 2]), Buffer.from('v1'), bytes(0x12, name)]);
  return Buffer.concat([
    Buffer.from('k8s\0'),
    bytes(0x0a, meta),
    bytes(0x12, Buffer.from(raw, 'hex')),
  ]);
};

const bytes = (tag: number, content: Buffer): Buffer =>
  Buffer.concat([Buffer.from([tag, content.length]), content]);

test('what kubectl writes is read, without the zero values that JSON leaves out', () => {
  expect(decodeProtobuf(configMap)).toEqual({
    kind: 'ConfigMap',
    apiVersion: 'v1',
    metadata: {name: 'a'},
    data: {x: '1'},
  });
});

test('times, lists, bytes, and numbers that are set to 0', () => {
  expect(
    decodeProtobuf(envelope('Secret', '0a0f0a017342060880e2cfaa0672026631' + '12060a016b120178')),
  ).toEqual({
    kind: 'Secret',
    apiVersion: 'v1',
    metadata: {name: 's', creationTimestamp: '2023-11-14T22:13:20Z', finalizers: ['f1']},
    data: {k: 'eA=='},
  });
  expect(decodeProtobuf(envelope('DeleteOptions', '0800'))).toMatchObject({gracePeriodSeconds: 0});
});

test.each([
  ['no prefix', Buffer.from('{"kind":"ConfigMap"}')],
  ['a length beyond the end', configMap.subarray(0, -8)],
])('%s is 400', async (_what, body) => {
  const client = clientOf(await devCluster());
  const type = {'content-type': 'application/vnd.kubernetes.protobuf'};
  const answer = await client.call('POST', '/configmaps', body, type);
  expect([answer.status, answer.body.reason]).toEqual([400, 'BadRequest']);
});

test('a kind it has no schema for is 415, and says what to do', async () => {
  const client = clientOf(await devCluster());
  const type = {'content-type': 'application/vnd.kubernetes.protobuf'};
  const made = await client.call('POST', '/configmaps', configMap, type);
  expect([made.status, made.body.data]).toEqual([201, {x: '1'}]);
  const answer = await client.call('POST', '/pods', envelope('Pod', ''), type);
  expect(answer.status).toBe(415);
  expect(answer.body.message).toContain('--dry-run=client -o yaml | kubectl apply -f -');
});
