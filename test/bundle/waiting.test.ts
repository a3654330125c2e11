import {once} from 'node:events';
import {writeFileSync} from 'node:fs';
import {createServer, connect, type AddressInfo, type Socket} from 'node:net';
import {join} from 'node:path';
import {describe, expect, it, onTestFinished} from 'vitest';
import {kubeconfigText} from '../../dev-cluster/kubeconfig.ts';
import {city, type City} from './city.ts';
import {begin, ONE_LINE, summary, type Ended} from './program.ts';

/** A way to the city that opens when it is told to; until then it drops or refuses connections. */
async function gate(own: City) {
  const target = new URL(own.dev.url);
  let isOpen = false;
  let tried: () => void = () => undefined;
  const isTried = new Promise<void>(resolve => (tried = resolve));
  const sockets = new Set<Socket>();
  const server = createServer(socket => {
    sockets.add(socket.on('error', () => socket.destroy()));
    if (!isOpen) {
      socket.resetAndDestroy();
      tried();
      return;
    }
    const onward = connect({host: '127.0.0.1', port: Number(target.port)});
    onward.on('error', () => socket.destroy());
    socket.pipe(onward).pipe(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const {port} = server.address() as AddressInfo;
  const KUBECONFIG = join(own.home, 'gate');
  const {token, authority} = own.dev;
  const url = `https://127.0.0.1:${port}`;
  writeFileSync(KUBECONFIG, kubeconfigText({url, token, authority, namespace: 'default'}));
  return {settings: {KUBECONFIG}, isTried, open: () => void (isOpen = true)};
}

describe('without an API server', () => {
  it.each<[string, string]>([
    ['is-running mayor', 'true\n'],
    ['process-alive mayor', 'true\n'],
    ['is-attached mayor', 'true\n'],
    ['peek mayor', 'a screen\n'],
    ['start other', ''],
  ])('%s keeps trying until there is one', async (args, output) => {
    const own = await city();
    await own.session('mayor');
    const {settings, isTried, open} = await gate(own);
    const {ended} = own.begin(args, {
      settings,
      stdin: args.startsWith('start') ? '{}' : 'claude\n',
    });
    await isTried;
    open();
    expect(summary(await ended)).toBe(`0 ${output}`);
  });

  it('an interrupt ends it at once, with what is known', async () => {
    const own = await city();
    const {settings, isTried} = await gate(own);
    const {ended, interrupt} = own.begin('peek mayor', {settings});
    await isTried;
    interrupt();
    const {code, stderr} = await ended;
    expect([code, stderr]).toEqual([130, expect.stringMatching(ONE_LINE)]);
  });
});

/** The one test that waits: everything that gives up, at once. */
describe('an operation that gets no answer', () => {
  it('gives up within gc’s budget and tells the cause', {timeout: 40_000}, async () => {
    const down = await city();
    const {settings} = await gate(down);
    const own = await city();
    await own.session('mayor');
    const hanging = {type: 'hang'} as const;
    own.dev.faults.add({match: {path: /mayor|watch/, times: 999}, action: hanging});
    const stuckOnce = await city();
    await stuckOnce.session('mayor');
    stuckOnce.dev.faults.add({match: {method: 'GET', path: /pods\/mayor$/}, action: hanging});

    const beganMs = performance.now();
    const timed = async (ended: Promise<Ended>) => ({
      ...(await ended),
      seconds: (performance.now() - beganMs) / 1000,
    });
    const [probe, peek, list, image, hungProbe, nudge, exec, hungOnce] = await Promise.all([
      timed(down.run('is-running mayor', {settings})),
      timed(down.run('peek mayor', {settings})),
      timed(down.run('list-running', {settings})),
      timed(down.run('check-image agent:1', {settings})),
      timed(own.run('is-running mayor')),
      timed(own.run('nudge mayor', {stdin: 'x'})),
      timed(own.run('exec mayor', {stdin: 'x'})),
      timed(stuckOnce.run('is-running mayor')),
    ]);
    expect(summary(image)).toBe('0 ');
    expect(summary(hungOnce)).toBe('0 true\n');
    for (const each of [probe, peek, list]) {
      expect([each.code, each.stderr]).toEqual([1, expect.stringMatching(ONE_LINE)]);
      expect(each.stderr).toMatch(/no answer from https:/);
      // Repeated execs tell of their last try alone, which the deadline may have ended.
      if (each !== peek) expect(each.stderr).toMatch(/ECONNRESET|closed|disconnected/);
    }
    for (const each of [hungProbe, nudge, exec]) {
      expect([each.code, each.stderr]).toEqual([
        each === exec ? 255 : 1,
        expect.stringMatching(ONE_LINE),
      ]);
      expect(each.stderr).toContain(`no answer from ${own.dev.url}`);
    }
    for (const each of [probe, hungProbe]) {
      expect(each.seconds).toBeGreaterThan(20);
      expect(each.seconds).toBeLessThan(27);
    }
    for (const each of [peek, list, nudge, exec]) expect(each.seconds).toBeLessThan(30);
  });
});

describe('watch-startup', () => {
  it('prints the terminal at each change, until it is killed', async () => {
    const own = await city({
      exec: async call => {
        await call.stdout('one\n\n\u001e\n');
        await call.stdout('tw');
        await call.stdout('o é\n\u001e\n');
        for await (const piece of call.stdin) if (piece.length > 0) break;
        return 0;
      },
    });
    await own.session('mayor');
    const {child, interrupt, ended} = begin(['watch-startup', 'mayor'], {env: own.env});
    let text = '';
    await new Promise<void>(resolve => {
      child.stdout.on('data', (piece: Buffer) => {
        text += piece.toString();
        if (text.split('\n').length > 2) resolve();
      });
    });
    interrupt('SIGKILL');
    await ended;
    expect(text).toBe('{"content":"one"}\n{"content":"two é"}\n');
  });
});
