import {describe, expect, it} from 'vitest';
import {SettingsError} from '../../src/errors.ts';
import {operation} from '../../src/session/ops/protocol.ts';
import {capabilities} from '../../src/session/capabilities.ts';
import {Deadline} from '../../src/time/deadline.ts';
import {failureOf} from '../kit/failing.ts';

const ALWAYS = ['report-attachment', 'report-activity', 'proc.exec', 'env.identity'];
const USUAL = [...ALWAYS, 'env.workspace'];

describe('capabilities', () => {
  it.each([
    [{}, USUAL],
    [{GC_K8S_WARM_RELAUNCH: 'true'}, [...USUAL, 'proc.provision']],
    [{GC_K8S_WARM_RELAUNCH: 'false'}, USUAL],
    [{GC_K8S_PREBAKED: 'true'}, ALWAYS],
    [{GC_K8S_IMAGE_HAS_TOOLING: 'true'}, [...USUAL, 'env.tooling']],
    [{GC_TRANSCRIPTS_SRC: '/a', GC_TRANSCRIPTS_DEST: '/b'}, [...USUAL, 'env.transcripts']],
    [{GC_TRANSCRIPTS_SRC: '/a'}, USUAL],
    [{GC_TRANSCRIPTS_SRC: '/a', GC_TRANSCRIPTS_DEST: ''}, USUAL],
  ])('with %j are what then holds', (env, words) => {
    expect(capabilities(env).toSorted()).toEqual(words.toSorted());
  });

  it('are not guessed from a bad setting', () => {
    failureOf(SettingsError, () => capabilities({GC_K8S_PREBAKED: 'perhaps'}));
  });
});

it('the handshake is one line of JSON', async () => {
  const deadline = new Deadline(Infinity);
  const call = {args: [], env: {}, deadline} as unknown as Parameters<typeof operation>[0];
  const reply = await operation(call);
  if (reply.kind !== 'text') throw new Error('no text');
  expect(String(reply.text)).toMatch(/^[^\n]+\n$/);
  expect(JSON.parse(String(reply.text))).toEqual({version: 0, capabilities: capabilities({})});
});
