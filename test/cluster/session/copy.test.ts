import {chmodSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync} from 'node:fs';
import {basename, join} from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {openPlayground, succeeded, type Playground} from '../kit/playground.ts';
import {itOnRealNodes} from '../kit/real-nodes.ts';

describe('copying', () => {
  let ground: Playground;
  let tree: string;
  beforeAll(async () => {
    ground = await openPlayground('copy');
    tree = mkdtempSync(join(ground.directory, 'tree-'));
    mkdirSync(join(tree, 'sub dir'));
    writeFileSync(join(tree, 'sub dir', 'ünï $(x).txt'), 'content\n');
    writeFileSync(join(tree, '.dot'), 'dot');
    writeFileSync(join(tree, 'run.sh'), '#!/bin/sh\n');
    chmodSync(join(tree, 'run.sh'), 0o755);
    symlinkSync('.dot', join(tree, 'link'));
    await ground.start('a', {command: 'cat', env: {GC_CITY: '/home/u/city'}});
  });
  afterAll(() => ground.close());

  const copyTo = (...args: string[]) => ground.gc(['copy-to', 'a', ...args]);
  const copyFrom = (...args: string[]) => ground.gc(['copy-from', 'a', ...args]);
  const inPod = async (script: string) => (await ground.shell('a', script)).stdout;

  it('takes a file there and back, all of its bytes', async () => {
    const bytes = Buffer.from(Array.from({length: 300_000}, (_, at) => (at * 31) % 256));
    writeFileSync(join(ground.directory, 'bytes'), bytes);
    succeeded(await copyTo(join(ground.directory, 'bytes'), 'deep/er/bytes'));
    expect(succeeded(await copyFrom('deep/er/bytes')).bytes).toEqual(bytes);
    expect(succeeded(await copyFrom('/workspace/deep/er/bytes')).bytes).toEqual(bytes);
    succeeded(await copyFrom('deep/er/bytes', join(ground.directory, 'back')));
    expect(readFileSync(join(ground.directory, 'back'))).toEqual(bytes);
  });

  it('puts a file where cp does: into a directory, and in the place of a file', async () => {
    const file = join(ground.directory, 'put');
    writeFileSync(file, 'one\n');
    await inPod('cd /workspace; mkdir -p into/put/x into2/sub; echo old >over; chmod 600 over');
    chmodSync(file, 0o755);
    for (const path of ['.', './', 'into2', 'new/', 'over', 'into2/sub/'])
      succeeded(await copyTo(file, path));
    const script =
      'cd /workspace; tail -q -n +1 put into2/put new/put over into2/sub/put; stat -c %a into2/put; ls -A into2';
    expect(await inPod(script)).toBe('one\n'.repeat(5) + '755\nput\nsub\n');
    const {code, stderr} = await copyTo(file, 'into');
    expect([code, stderr]).toEqual([1, expect.stringMatching(/into\/put is a directory/)]);
    expect(await inPod('ls -A /workspace/into /workspace/into/put')).toContain('x');
    succeeded(await copyTo(tree, '.'));
    expect(await inPod(`cat /workspace/${basename(tree)}/.dot`)).toBe('dot');
  });

  it('takes a directory there and back, with modes, links and odd names', async () => {
    succeeded(await copyTo(tree, 'tree'));
    expect(await inPod('cat "/workspace/tree/sub dir/ünï "*')).toBe('content\n');
    expect(await inPod('stat -c %a /workspace/tree/run.sh; readlink /workspace/tree/link')).toBe(
      '755\n.dot\n',
    );
    const back = join(ground.directory, 'tree-back');
    succeeded(await copyFrom('tree', back));
    expect(readFileSync(join(back, 'sub dir', 'ünï $(x).txt'), 'utf8')).toBe('content\n');
    expect(readFileSync(join(back, 'link'), 'utf8')).toBe('dot');
  });

  it('follows a link that is named, and keeps both names of a file with two', async () => {
    await inPod(
      'mkdir /workspace/linked; cd /workspace/linked; echo both >one; ln one two; ln -s one three',
    );
    const file = join(ground.directory, 'followed');
    succeeded(await copyFrom('linked/three', file));
    expect(readFileSync(file, 'utf8')).toBe('both\n');
    const back = join(ground.directory, 'linked-back');
    succeeded(await copyFrom('linked', back));
    expect(['one', 'two'].map(name => readFileSync(join(back, name), 'utf8'))).toEqual([
      'both\n',
      'both\n',
    ]);
  });

  it('maps a path below the city', async () => {
    await inPod('mkdir -p /workspace/rig; echo mapped >/workspace/rig/notes');
    const env = {GC_CITY: '/home/u/city'};
    const {stdout} = succeeded(
      await ground.gc(['copy-from', 'a', '/home/u/city/rig/notes'], {env}),
    );
    expect(stdout).toBe('mapped\n');
  });

  it('finds nothing wrong with a source that is missing', async () => {
    expect(await copyTo(join(ground.directory, 'missing'), 'x')).toMatchObject({
      code: 0,
      stdout: '',
    });
  });

  it('fails for a file that is missing there', async () => {
    const {code, stdout, stderr} = await copyFrom('no/such/file');
    expect({code, stdout}).toEqual({code: 1, stdout: ''});
    expect(stderr).toContain('no/such/file');
  });

  it.each(['../outside', '/../../etc/passwd-too', 'a/../../../etc/x'])(
    'stays below the workspace for %s',
    async path => {
      writeFileSync(join(ground.directory, 'evil'), 'evil');
      const {code, stderr} = await copyTo(join(ground.directory, 'evil'), path);
      const outside = await inPod('ls /outside /etc/passwd-too /etc/x 2>/dev/null');
      expect(outside).toBe('');
      if (path.startsWith('../'))
        expect({code, why: stderr.includes(path)}).toEqual({code: 1, why: true});
    },
  );

  it('writes nothing outside its destination, whatever the pod packs', async () => {
    await inPod(
      'mkdir -p /workspace/bad && ln -sfn /tmp /workspace/bad/out && ln -sfn ../../.. /workspace/bad/up',
    );
    const back = join(mkdtempSync(join(ground.directory, 'inner-')), 'bad-back');
    await copyFrom('bad', back);
    expect(() => readFileSync(join(back, 'out', 'nothing'))).toThrow();
  });

  itOnRealNodes(
    'fails with the reason, and at once, when the pod stops reading a large tree',
    {becauseEmbedded: 'the programs are those of this machine, and stay as they are'},
    async () => {
      await ground.start('full', {command: 'cat'});
      const source = join(ground.directory, 'large');
      writeFileSync(source, Buffer.alloc(20_000_000));
      const stub = '#!/bin/sh\\necho no room >&2\\nexit 2\\n';
      const tar = '/usr/local/bin/tar';
      await ground.shell('full', `printf '${stub}' >${tar} && chmod 755 ${tar}`);
      // Whether the rest of stdin hangs the exec, or hides how it ended, is a matter of luck.
      for (let round = 0; round < 5; round++) {
        const {code, stderr} = await ground.gc(['copy-to', 'full', source, 'x']);
        expect([code, stderr]).toEqual([1, expect.stringContaining('no room')]);
      }
    },
  );

  it('takes names for data', async () => {
    writeFileSync(join(ground.directory, '-rf'), 'dash');
    succeeded(await copyTo(join(ground.directory, '-rf'), '$(touch x);-rf'));
    expect(succeeded(await copyFrom('$(touch x);-rf')).stdout).toBe('dash');
    expect(await inPod('ls /workspace/x 2>/dev/null')).toBe('');
  });
});
