import {readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {openScreen} from '../../kit/tmux-screen.ts';
import {begin} from '../program.ts';
import {GC_K8S, peopleCity} from './gc-k8s.ts';

const TOLD =
  /^warning: no answer from https?:\/\/127\.0\.0\.1:\d+ yet; still waiting, Ctrl-C ends this\n/;

describe('an API server that is down', () => {
  it.each(['status', 'events list', 'status -w'])('is told, and given up soon: %s', async words => {
    const city = await peopleCity();
    const kubeconfig = join(city.home, 'down');
    const text = readFileSync(city.env.KUBECONFIG ?? '', 'utf8');
    // Nobody listens on port 1.
    writeFileSync(kubeconfig, text.replace(/(127\.0\.0\.1):\d+/, '$1:1'));
    const beganMs = Date.now();
    const {code, stderr} = await city.gc(words, {KUBECONFIG: kubeconfig});
    expect(Date.now() - beganMs).toBeLessThan(20_000);
    expect([code, stderr]).toEqual([1, expect.stringMatching(TOLD)]);
    expect(stderr.replace(TOLD, '')).toMatch(
      /^[^\n]+: no answer from [^\n]*ECONNREFUSED[^\n]* \(tried \d+ times in 5 s\)\n$/,
    );
  });

  it('is told of while it is silent, and waited for', async () => {
    const city = await peopleCity();
    await city.session('mayor');
    city.dev.faults.add({match: {verb: 'list'}, action: {type: 'delay', milliseconds: 4_000}});
    const late = await city.gc('status');
    expect([late.code, late.stderr]).toEqual([0, expect.stringMatching(TOLD)]);
    expect(late.stdout.toString()).toMatch(/^mayor +running /m);
    expect((await city.gc('status')).stderr).toBe('');
  });

  it('is left by Ctrl-C', async () => {
    const city = await peopleCity();
    city.dev.faults.add({match: {verb: 'list', times: Infinity}, action: {type: 'hang'}});
    const waiting = begin(['status'], {env: city.env, executable: GC_K8S});
    await new Promise(resolve => waiting.child.stderr.once('data', resolve));
    waiting.interrupt();
    expect((await waiting.ended).code).toBe(130);
  });
});

it('a watch says so when the server falls silent, and when it answers again', async () => {
  const city = await peopleCity();
  await city.session('mayor');
  const screen = openScreen({columns: 100, rows: 30}, `exec ${GC_K8S} status -w`, city.env);
  const watching = begin(['status', '-w'], {
    ...{env: city.env, executable: GC_K8S, deadlineMs: 120_000},
  });
  let told = '';
  watching.child.stderr.on('data', piece => (told += String(piece)));
  await screen.shows(/^mayor +running /m);
  city.dev.faults.add({match: {verb: 'list', times: Infinity}, action: {type: 'hang'}});
  await screen.shows(
    /^mayor +running [^]*^no word from the server for \d+s: this may be out of date$/m,
  );
  await expect.poll(() => told, {timeout: 60_000}).toMatch(/^warning: no word from the server/);
  city.dev.faults.clear();
  await expect.poll(() => told, {timeout: 60_000}).toMatch(/^warning: the server answers again$/m);
  await expect.poll(screen.text, {timeout: 60_000}).not.toContain('no word');
  watching.interrupt();
  await watching.ended;
});
