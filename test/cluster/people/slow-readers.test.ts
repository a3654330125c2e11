import {execFileSync, spawn} from 'node:child_process';
import {createHash} from 'node:crypto';
import {once} from 'node:events';
import {createReadStream, mkdtempSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {openPlayground, type Playground} from '../kit/playground.ts';
import {until} from '../kit/poll.ts';
import {GC_K8S} from '../run/kit.ts';

const MIB = 2 ** 20;

/** Far more than Node itself takes, and than what is on the way; far less than what is sent. */
const BOUND = 100 * MIB;

/** Bytes that a process holds in memory now, or held at most. */
function memoryOf(pid: number | undefined, name: 'VmRSS' | 'VmHWM'): number {
  const status = readFileSync(`/proc/${String(pid)}/status`, 'utf8');
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) * 1024;
}

/** Waits until a process has grown as far as it will: the same for 4 s. */
async function untilItGrowsNoMore(pid: number | undefined): Promise<void> {
  let [last, same] = [0, 0];
  await until('it grows no more', saw => {
    const now = saw(memoryOf(pid, 'VmRSS'));
    same = Math.abs(now - last) < MIB ? same + 1 : 0;
    last = now;
    return same >= 20;
  });
}

describe('a reader that waits', () => {
  let ground: Playground;
  beforeAll(async () => void (ground = await openPlayground('slow-readers')));
  afterAll(() => ground.close());

  it('gets a large artifact whole, and it is never all in memory', async () => {
    const command =
      'cd $GC_ARTIFACTS_DIR && head -c 150M /dev/zero >big && echo end >>big && sha256sum <big && exec cat';
    await ground.start('hoarder', {command, process_names: ['^cat']});
    const directory = mkdtempSync(join(ground.directory, 'artifacts-'));
    // A file that takes only what somebody reads from it.
    execFileSync('mkfifo', [join(directory, 'big')]);
    const child = spawn(GC_K8S, ['artifacts', 'hoarder', directory], {env: ground.env});
    const ended = once(child, 'exit');
    const hash = createHash('sha256');
    let [bytes, most] = [0, 0];
    for await (const piece of createReadStream(join(directory, 'big'))) {
      // First it reads some, then nothing, then all.
      if (bytes < 10 * MIB && bytes + (piece as Buffer).length >= 10 * MIB) {
        await untilItGrowsNoMore(child.pid);
        most = memoryOf(child.pid, 'VmHWM');
      }
      hash.update(piece as Buffer);
      bytes += (piece as Buffer).length;
    }
    expect(await ended).toEqual([0, null]);
    expect(bytes).toBe(150 * MIB + 4);
    const sum = hash.digest('hex');
    await ground.screen('hoarder', text => text.replaceAll('\n', '').includes(sum));
    expect(most).toBeGreaterThan(20 * MIB);
    expect(most).toBeLessThan(BOUND);
  });

  it('of a log does not make it pile up', async () => {
    await ground.start('chatterbox', {
      command: 'yes "$(printf %1000s end)" | head -c 70M >/proc/1/fd/1',
    });
    const child = spawn(GC_K8S, ['logs', 'chatterbox', '-f'], {
      env: ground.env,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const ended = once(child, 'close');
    const {stdout} = child;
    await once(stdout, 'readable');
    await untilItGrowsNoMore(child.pid);
    expect(memoryOf(child.pid, 'VmHWM')).toBeLessThan(BOUND);
    let text = '';
    for await (const piece of stdout) text = (text + String(piece)).slice(-1000);
    expect(await ended).toEqual([0, null]);
    expect(text).toContain(' end');
  });
});
