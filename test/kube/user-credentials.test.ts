import {delimiter, join} from 'node:path';
import {afterEach, describe, expect, it, vi} from 'vitest';
import {
  base64,
  CA,
  CERTIFICATE,
  config,
  connect,
  connectTo,
  home,
  KEY,
  never,
  put,
  useHome,
} from './kubeconfig-home.ts';
import {problem} from './settings-problem.ts';

useHome();

afterEach(() => {
  vi.useRealTimers();
});

describe('the credentials of a user', () => {
  it('reads certificates beside the file that names them', async () => {
    put(
      'first/config',
      JSON.stringify({
        users: [{name: 'city', user: {'client-certificate': 'c.crt', 'client-key': '../c.key'}}],
      }),
    );
    put('first/c.crt', CERTIFICATE);
    put('c.key', KEY);
    put('second/config', config({cluster: {'certificate-authority': 'ca.crt'}}));
    put('second/ca.crt', CA);
    const files = [join(home, 'first/config'), join(home, 'second/config')];
    const connection = await connect({KUBECONFIG: files.join(delimiter)});
    expect(connection.ca).toBe(CA);
    expect(await connection.credentials.current(never)).toEqual({
      clientCertificate: {certificate: CERTIFICATE, key: KEY},
    });
    expect(connection.credentials.renew()).toBe(false);
  });

  it.each<[string, object, object]>([
    ['nothing', {}, {}],
    ['a token', {token: 'abc'}, {authorization: 'Bearer abc'}],
    [
      'a password',
      {username: 'ada', password: 'p:w'},
      {authorization: `Basic ${base64('ada:p:w')}`},
    ],
    ['a token rather than a plugin', {token: 'abc', exec: {}}, {authorization: 'Bearer abc'}],
    [
      'impersonation',
      {
        token: 'abc',
        as: 'ada',
        'as-uid': '7',
        'as-groups': ['dev', 'ops'],
        'as-user-extra': {'acme.org/x(y)': ['z']},
      },
      {
        authorization: 'Bearer abc',
        headers: {
          'Impersonate-User': ['ada'],
          'Impersonate-Uid': ['7'],
          'Impersonate-Group': ['dev', 'ops'],
          'Impersonate-Extra-acme.org%2Fx%28y%29': ['z'],
        },
      },
    ],
  ])('shows %s', async (_what, user, credentials) => {
    expect(await (await connectTo({user})).credentials.current(never)).toEqual(credentials);
  });
});

describe('a token file', () => {
  const authorization = async (connection: Awaited<ReturnType<typeof connect>>) =>
    (await connection.credentials.current(never)).authorization;

  it('is read again after a minute, and when the server refused the token', async () => {
    vi.useFakeTimers({toFake: ['Date']});
    put('.kube/token', 'one\n');
    const connection = await connectTo({user: {tokenFile: 'token', token: 'fallback'}});
    expect(await authorization(connection)).toBe('Bearer one');
    put('.kube/token', 'two\n');
    vi.advanceTimersByTime(59_000);
    expect(await authorization(connection)).toBe('Bearer one');
    vi.advanceTimersByTime(1000);
    expect(await authorization(connection)).toBe('Bearer two');
    expect(connection.credentials.renew()).toBe(false);
    put('.kube/token', 'three\n');
    expect(connection.credentials.renew()).toBe(true);
    expect(await authorization(connection)).toBe('Bearer three');
  });

  it('that is gone is an error, unless there was a token before', async () => {
    const lost = await connectTo({user: {tokenFile: 'gone'}});
    expect(await problem(authorization(lost))).toContain('tokenFile');
    const given = await connectTo({user: {tokenFile: 'gone', token: 'abc'}});
    expect(await authorization(given)).toBe('Bearer abc');
  });
});
