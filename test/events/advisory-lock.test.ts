import {spawn} from 'node:child_process';
import {randomUUID} from 'node:crypto';
import {once} from 'node:events';
import {describe, expect, it} from 'vitest';
import {advisoryLock} from '../../src/events/advisory-lock.ts';

describe.runIf(process.platform === 'linux')('the advisory lock', () => {
  it('is held by one process at a time', async () => {
    const acquireLock = advisoryLock(`test/${randomUUID()}`);
    let holders = 0;
    let most = 0;
    let waited = 0;
    const work = async () => {
      const lock = await acquireLock();
      if (lock.waited) waited += 1;
      most = Math.max(most, ++holders);
      await new Promise(resolve => setTimeout(resolve, 2));
      holders -= 1;
      lock.release();
    };
    await Promise.all(Array.from({length: 20}, work));
    expect([most, waited]).toEqual([1, 19]);
  });

  it('is released when its holder dies', async () => {
    const name = `test/${randomUUID()}`;
    const listen = `require('net').createServer(() => {}).listen('\\0${name}', () => console.log(1))`;
    const holder = spawn(process.execPath, ['-e', listen], {stdio: ['ignore', 'pipe', 'inherit']});
    await once(holder.stdout, 'data');
    const pending = advisoryLock(name)();
    setTimeout(() => holder.kill('SIGKILL'), 50);
    const lock = await pending;
    expect(lock.waited).toBe(true);
    lock.release();
  });

  it('is not waited for beyond the time limit', async () => {
    const acquireLock = advisoryLock(`test/${randomUUID()}`);
    const kept = await acquireLock();
    const sinceMs = performance.now();
    expect((await acquireLock()).waited).toBe(true);
    expect(performance.now() - sinceMs).toBeGreaterThan(1900);
    kept.release();
  });

  it('is separate for each name', async () => {
    const first = await advisoryLock(`test/${randomUUID()}`)();
    const second = await advisoryLock(`test/${randomUUID()}`)();
    expect([first.waited, second.waited]).toEqual([false, false]);
    first.release();
    second.release();
  });
});
