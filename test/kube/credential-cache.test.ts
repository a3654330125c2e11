import {chmodSync, existsSync, mkdirSync, readdirSync, statSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it, vi} from 'vitest';
import {
  cacheDirectory,
  cacheFile,
  credential,
  current,
  home,
  inSeconds,
  never,
  plugin,
  runs,
  source,
  warnings,
  useHome,
} from './plugin-home.ts';

useHome();

describe('the cache of credentials', () => {
  it('spares the next call the plugin until a minute before the expiry', async () => {
    plugin(credential({token: 'long', expirationTimestamp: inSeconds(90)}));
    await current();
    expect(await current()).toEqual({authorization: 'Bearer long'});
    expect(runs()).toBe(1);
    plugin(credential({token: 'short', expirationTimestamp: inSeconds(30)}));
    (await source()).renew();
    await (await source({args: ['other']})).current(never);
    expect(await current({args: ['other']})).toEqual({authorization: 'Bearer short'});
    expect(runs()).toBe(3);
  });

  it('keeps nothing that has no expiry', async () => {
    plugin(credential({token: 'abc'}));
    const credentials = await source();
    await credentials.current(never);
    await credentials.current(never);
    expect(runs()).toBe(1);
    expect(existsSync(cacheDirectory())).toBe(false);
  });

  it('is private, and leaves no drafts', async () => {
    plugin(credential({token: 'abc', expirationTimestamp: inSeconds(3600)}));
    await current();
    expect(statSync(cacheFile()).mode & 0o777).toBe(0o600);
    expect(statSync(cacheDirectory()).mode & 0o777).toBe(0o700);
    expect(readdirSync(cacheDirectory())).toEqual([expect.stringMatching(/^[0-9a-f]{64}\.json$/)]);
  });

  it('closes a directory that was open to others', async () => {
    plugin(credential({token: 'abc', expirationTimestamp: inSeconds(3600)}));
    mkdirSync(cacheDirectory(), {recursive: true, mode: 0o755});
    await current();
    expect(statSync(cacheDirectory()).mode & 0o777).toBe(0o700);
  });

  it('is not believed when somebody else wrote it', async () => {
    plugin(credential({token: 'abc', expirationTimestamp: inSeconds(3600)}));
    await current();
    const owner = statSync(cacheFile()).uid;
    const getuid = vi.spyOn(process, 'getuid').mockReturnValue(owner + 1);
    await current();
    getuid.mockRestore();
    expect(runs()).toBe(2);
  });

  it('is not believed when others can read it, or when it holds something else', async () => {
    plugin(credential({token: 'abc', expirationTimestamp: inSeconds(3600)}));
    await current();
    chmodSync(cacheFile(), 0o640);
    await current();
    expect(runs()).toBe(2);
    writeFileSync(cacheFile(), 'nonsense');
    expect(await current()).toEqual({authorization: 'Bearer abc'});
    expect(runs()).toBe(3);
  });

  it('is dropped when the server refused what it holds', async () => {
    plugin(credential({token: 'old', expirationTimestamp: inSeconds(3600)}));
    const credentials = await source();
    await credentials.current(never);
    plugin(credential({token: 'new', expirationTimestamp: inSeconds(3600)}));
    expect(credentials.renew()).toBe(true);
    expect(await credentials.current(never)).toEqual({authorization: 'Bearer new'});
    expect(await current()).toEqual({authorization: 'Bearer new'});
    expect(runs()).toBe(2);
  });

  it('is another one for another cluster, command, environment or identity', async () => {
    plugin(credential({token: 'abc', expirationTimestamp: inSeconds(3600)}));
    await current();
    await current({args: ['--role', 'x']});
    await current({env: [{name: 'A', value: 'b'}]});
    await current({}, {AWS_PROFILE: 'other'});
    await current({}, {}, {server: 'https://other:6443'});
    expect(runs()).toBe(5);
    await current({}, {UNRELATED: 'x'});
    expect(runs()).toBe(5);
  });

  it('that cannot be written is a warning', async () => {
    plugin(credential({token: 'abc', expirationTimestamp: inSeconds(3600)}));
    writeFileSync(join(home, 'state'), 'a file, no directory');
    expect(await current()).toEqual({authorization: 'Bearer abc'});
    expect(warnings.join()).toContain('cannot be written');
  });

  it('lies below XDG_CACHE_HOME, else ~/.cache', async () => {
    plugin(credential({token: 'abc', expirationTimestamp: inSeconds(3600)}));
    await current({}, {GC_EXEC_STATE_DIR: '', XDG_CACHE_HOME: join(home, 'xdg')});
    await current({}, {GC_EXEC_STATE_DIR: ''});
    expect(existsSync(join(home, 'xdg/gc-k8s/credentials'))).toBe(true);
    expect(existsSync(join(home, '.cache/gc-k8s/credentials'))).toBe(true);
  });
});
