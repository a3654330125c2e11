import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {openPlayground, succeeded, type Playground} from './playground.ts';
import {until} from './poll.ts';
import {beforeNextTry} from './tries.ts';

describe('a test that failed and is tried again', () => {
  let ground: Playground;
  let before: string | undefined;
  beforeAll(async () => {
    ground = await openPlayground('tries');
    await ground.start('before', {command: 'cat'});
    before = await uidOf('before');
  });
  afterAll(() => ground.close());

  const uidOf = async (session: string) => (await ground.podOf(session))?.metadata?.uid;
  const map = {metadata: {name: 'made'}, data: {k: 'v'}};
  const records = async () =>
    (await ground.api.call('GET', '/configmaps?labelSelector=gc/component%3Dsession-result')).body
      .items;

  it('passes with what lives on', async () => {
    await ground.start('by another', {command: 'cat'});
    expect((await ground.api.call('POST', '/configmaps', map)).status).toBe(201);
  });

  it('finds what it had made gone, and all else as it was', {retry: 1}, async ({task}) => {
    const refused = await ground.gc(['start', 'before'], {stdin: '{}'});
    expect(refused.stderr).toContain('already exists');
    expect(await ground.podOf('by another')).toBeDefined();
    expect((await ground.api.call('GET', '/configmaps/made')).status).toBe(200);
    expect(await uidOf('before')).toBe(before);

    expect(await ground.pods()).toHaveLength(2);
    await ground.start('again', {command: 'cat'});
    succeeded(await ground.gc(['provision', 'box'], {stdin: '{}'}));
    const {status} = await ground.api.call('POST', '/configmaps', {metadata: {name: 'own'}});
    expect(status).toBe(201);
    await ground.start('shot', {command: 'true', lifecycle: 'one_shot'});
    await ground.start('shot', {command: 'true', lifecycle: 'one_shot'});
    expect(await records()).toHaveLength(2);
    // This one goes on while the try fails.
    const stdin = JSON.stringify({pre_start: ['sleep 1000']});
    const pending = ground.launch(['start', 'under way'], {stdin});
    await until('it is under way', async () => (await ground.podOf('under way')) !== undefined);
    if (task.result?.retryCount === 0) throw new Error('failed on purpose');
    pending.signal('SIGINT');
    expect((await pending.done).stderr).not.toContain('already exists');
  });

  it('finds what was made for it between the tries', {retry: 1}, async ({task}) => {
    beforeNextTry(() => ground.start('between', {command: 'cat'}));
    if (task.result?.retryCount === 0) throw new Error('failed on purpose');
    expect(await ground.podOf('between')).toBeDefined();
  });

  const tries: string[] = [];
  it.fails('fails when each try does', {retry: 1}, async () => {
    const {stderr} = await ground.gc(['start', 'again and again'], {stdin: '{"command":"cat"}'});
    tries.push(stderr);
    throw new Error('failed on purpose');
  });

  it('has left what its last try had made, for whoever looks', async () => {
    expect(tries).toEqual(['', '']);
    expect(await ground.podOf('again and again')).toBeDefined();
  });
});
