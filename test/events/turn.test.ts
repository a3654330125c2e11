import {spawn} from 'node:child_process';
import {randomUUID} from 'node:crypto';
import {once} from 'node:events';
import {describe, expect, it} from 'vitest';
import {turnsOf} from '../../src/events/turn.ts';

describe.runIf(process.platform === 'linux')('a turn', () => {
  it('is one process at a time', async () => {
    const takeTurn = turnsOf(`test/${randomUUID()}`);
    let holders = 0;
    let most = 0;
    let waited = 0;
    const work = async () => {
      const turn = await takeTurn();
      if (turn.waited) waited += 1;
      most = Math.max(most, ++holders);
      await new Promise(resolve => setTimeout(resolve, 2));
      holders -= 1;
      turn.end();
    };
    await Promise.all(Array.from({length: 20}, work));
    expect([most, waited]).toEqual([1, 19]);
  });

  it('ends with the process that has it', async () => {
    const name = `test/${randomUUID()}`;
    const listen = `require('net').createServer(() => {}).listen('\\0${name}', () => console.log(1))`;
    const holder = spawn(process.execPath, ['-e', listen], {stdio: ['ignore', 'pipe', 'inherit']});
    await once(holder.stdout, 'data');
    const taken = turnsOf(name)();
    setTimeout(() => holder.kill('SIGKILL'), 50);
    const turn = await taken;
    expect(turn.waited).toBe(true);
    turn.end();
  });

  it('is gone without when somebody keeps it', async () => {
    const takeTurn = turnsOf(`test/${randomUUID()}`);
    const kept = await takeTurn();
    const sinceMs = performance.now();
    expect((await takeTurn()).waited).toBe(true);
    expect(performance.now() - sinceMs).toBeGreaterThan(1900);
    kept.end();
  });

  it('is not waited for under another name', async () => {
    const first = await turnsOf(`test/${randomUUID()}`)();
    const second = await turnsOf(`test/${randomUUID()}`)();
    expect([first.waited, second.waited]).toEqual([false, false]);
    first.end();
    second.end();
  });
});
