import {execFileSync} from 'node:child_process';
import {getEventListeners} from 'node:events';
import {readFileSync} from 'node:fs';
import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {
  credential,
  current,
  home,
  never,
  plugin,
  runs,
  source,
  V1,
  useHome,
} from './plugin-home.ts';
import {problem} from './settings-problem.ts';

useHome();

describe('a credential plugin', () => {
  it('gives a token, or a certificate, or both', async () => {
    plugin(credential({token: 'abc'}));
    expect(await current()).toEqual({authorization: 'Bearer abc'});
    plugin(credential({token: 'abc', clientCertificateData: 'C', clientKeyData: 'K'}));
    expect(await current()).toEqual({
      authorization: 'Bearer abc',
      clientCertificate: {certificate: 'C', key: 'K'},
    });
  });

  it('gets its arguments, its environment and ours, and what is wanted', async () => {
    plugin(
      credential({token: 'abc'}),
      'printf "%s|" "$@" "$A" "$B" > seen; echo "$KUBERNETES_EXEC_INFO" > info',
    );
    await current(
      {args: ['get token', '--x'], env: [{name: 'A', value: 'own'}]},
      {A: 'no', B: 'ours'},
    );
    expect(readFileSync(join(home, 'seen'), 'utf8')).toBe('get token|--x|own|ours|');
    expect(JSON.parse(readFileSync(join(home, 'info'), 'utf8'))).toEqual({
      apiVersion: V1,
      kind: 'ExecCredential',
      spec: {interactive: false},
    });
  });

  it('is told the cluster when it asks for that', async () => {
    plugin(credential({token: 'abc'}), 'echo "$KUBERNETES_EXEC_INFO" > info');
    const ca = Buffer.from('-----BEGIN CERTIFICATE-----').toString('base64');
    const extension = {name: 'client.authentication.k8s.io/exec', extension: {audience: 'x'}};
    const cluster = {
      'certificate-authority-data': ca,
      'tls-server-name': 'api',
      extensions: [extension],
    };
    await current({provideClusterInfo: true}, {}, cluster);
    expect(JSON.parse(readFileSync(join(home, 'info'), 'utf8'))).toHaveProperty('spec.cluster', {
      server: 'https://city:6443',
      'certificate-authority-data': ca,
      'tls-server-name': 'api',
      config: {audience: 'x'},
    });
  });

  it('is found on the PATH when its command is a mere name', async () => {
    plugin(credential({token: 'abc'}));
    const env = {PATH: `${home}:${process.env.PATH ?? ''}`};
    expect(await current({command: 'plugin'}, env)).toEqual({authorization: 'Bearer abc'});
  });

  it('that is missing is an error with its installHint on one line', async () => {
    const message = await problem(
      current({command: 'no-such-plugin', installHint: 'Get it\n from x'}),
    );
    expect(message).toContain('user "ada"');
    expect(message).toContain('no-such-plugin');
    expect(message).toContain('Get it from x');
  });

  it('that fails is an error with the last line of its stderr', async () => {
    plugin('', 'echo first >&2; echo "session expired" >&2; exit 3');
    const message = await problem(current());
    expect(message).toContain('exit code 3: session expired');
    expect(message).not.toContain('first');
  });

  it.each<[string, string, string]>([
    ['no JSON', 'secret', 'did not print JSON'],
    [
      'another version',
      credential({token: 'secret'}, 'client.authentication.k8s.io/v1beta1'),
      'ExecCredential of',
    ],
    ['no status', JSON.stringify({apiVersion: V1, kind: 'ExecCredential'}), 'with a status'],
    ['no credentials', credential({clientKeyData: 'secret'}), 'neither a token nor'],
    ['a token of two lines', credential({token: 'secret\r\nx: y'}), 'neither a token nor'],
    [
      'a wrong expiry',
      credential({token: 'secret', expirationTimestamp: 'soon'}),
      'expirationTimestamp',
    ],
  ])('that prints %s is an error without the output', async (_what, output, expected) => {
    plugin(output);
    const message = await problem(current());
    expect(message).toContain(expected);
    expect(message).not.toContain('secret');
  });

  it.each([
    [{apiVersion: 'client.authentication.k8s.io/v1alpha1'}, 'apiVersion must be'],
    [{interactiveMode: 'Always'}, 'no terminal'],
    [{command: ''}, 'command is missing'],
    [{env: [{name: 'A'}]}, 'env must be a list'],
  ])('with %j is not run', async (exec, expected) => {
    plugin(credential({token: 'abc'}));
    expect(await problem(current(exec))).toContain(expected);
    expect(runs()).toBe(0);
  });

  it('is left when the signal aborts, also when what it started holds its output open', async () => {
    execFileSync('mkfifo', [join(home, 'started')]);
    plugin('', 'sleep 60 & echo $! > started; wait');
    const credentials = await source();
    const controller = new AbortController();
    const reason = new Error('time is up');
    const getting = credentials.current(controller.signal);
    const child = Number(await readFile(join(home, 'started'), 'utf8'));
    controller.abort(reason);
    await expect(getting).rejects.toBe(reason);
    process.kill(child);
  });

  it('that runs often in one operation leaves nothing on its signal', async () => {
    plugin(credential({token: 'abc'}));
    const credentials = await source();
    const {signal} = new AbortController();
    await credentials.current(signal);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it('runs once for callers at the same time', async () => {
    plugin(credential({token: 'abc'}));
    const credentials = await source();
    await Promise.all([credentials.current(never), credentials.current(never)]);
    expect(runs()).toBe(1);
  });

  it('runs again for a caller whose fellow gave up', async () => {
    execFileSync('mkfifo', [join(home, 'started')]);
    const hangFirst = 'if [ ! -e again ]; then touch again; echo > started; exec sleep 60; fi';
    plugin(credential({token: 'abc'}), hangFirst);
    const credentials = await source();
    const controller = new AbortController();
    const left = credentials.current(controller.signal);
    const waiting = credentials.current(never);
    await readFile(join(home, 'started'));
    controller.abort(new Error('left'));
    await expect(left).rejects.toThrow('left');
    await expect(waiting).resolves.toEqual({authorization: 'Bearer abc'});
    expect(runs()).toBe(2);
  });
});
