import {mkdirSync} from 'node:fs';
import {delimiter, join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {
  base64,
  CA,
  CERTIFICATE,
  config,
  connect,
  connectTo,
  home,
  never,
  put,
  type City,
  useHome,
} from './kubeconfig-home.ts';
import {problem} from './settings-problem.ts';

useHome();

describe('where the kubeconfig is looked for', () => {
  it('is ~/.kube/config', async () => {
    put('.kube/config', config());
    const connection = await connect({KUBECONFIG: ''});
    expect(connection.server.href).toBe('https://city:6443/');
    expect(connection).toMatchObject({contextName: 'city', proxy: undefined});
  });

  it('is the list of KUBECONFIG: the first to define a name or the current context wins', async () => {
    const first = put('a', `clusters: [{name: shared, cluster: {server: https://first}}]\n`);
    const second = put(
      'b',
      config({name: 'second'}).replace(
        '"clusters":[',
        '"clusters":[{"name":"shared","cluster":{"server":"https://no","tls-server-name":"no"}},',
      ),
    );
    const third = put('c', config({name: 'third', context: {cluster: 'shared', user: ''}}));
    const env = {KUBECONFIG: ['', first, join(home, 'missing'), second, third].join(delimiter)};
    expect((await connect(env)).contextName).toBe('second');
    const shared = await connect(env, {context: 'third'});
    expect(shared.server.href).toBe('https://first/');
    expect(shared.tlsServerName).toBeUndefined();
  });

  it('is named when all of it is missing', async () => {
    put('.kube/config', config());
    const message = await problem(connect({KUBECONFIG: join(home, 'missing')}));
    expect(message).toContain(join(home, 'missing'));
    expect(message).toContain('KUBECONFIG');
  });

  it('is named when nothing is there at all', async () => {
    const message = await problem(connect());
    expect(message).toContain(join(home, '.kube', 'config'));
    expect(message).toContain('set KUBECONFIG');
  });

  it('is named when it cannot be read', async () => {
    mkdirSync(join(home, 'directory'));
    expect(await problem(connect({KUBECONFIG: join(home, 'directory')}))).toMatch(
      /directory cannot be read \(EISDIR\)/,
    );
  });
});

describe('a wrong kubeconfig', () => {
  it('with bad YAML is named with the line, without its content', async () => {
    const file = put('.kube/config', 'users:\n- name: a\n  user: {token: secret-token\n');
    const message = await problem(connect());
    expect(message).toContain(file);
    expect(message).toContain('line 4');
    expect(message).not.toContain('secret-token');
  });

  it('without the context names GC_K8S_CONTEXT and the known ones', async () => {
    put('a', config({name: 'one'}));
    put('b', config({name: 'two'}));
    const env = {KUBECONFIG: [join(home, 'a'), join(home, 'b')].join(delimiter)};
    const message = await problem(connect(env, {context: 'nope'}));
    expect(message).toContain('"nope"');
    expect(message).toContain('GC_K8S_CONTEXT');
    expect(message).toContain('one, two');
  });

  it.each<[string, string, string]>([
    [
      'no current context',
      'contexts: [{name: a, context: {}}]',
      'GC_K8S_CONTEXT to one of its contexts: a',
    ],
    ['a list of texts', '[a]', 'must be a mapping'],
    ['clusters that are no list', 'clusters: a', 'clusters must be a list'],
    ['a nameless user', 'users: [{user: {}}]', 'users must have a name'],
  ])('with %s is an error', async (_what, text, message) => {
    put('.kube/config', text);
    expect(await problem(connect())).toContain(message);
  });

  it.each<[string, City, string]>([
    ['a missing cluster', {context: {cluster: 'gone'}}, 'there is no cluster "gone"'],
    ['a missing user', {context: {user: 'gone'}}, 'there is no user "gone"'],
    ['an auth-provider', {user: {'auth-provider': {name: 'gcp'}}}, 'exec plugin'],
    ['a server without scheme', {cluster: {server: '10.0.0.1'}}, 'https://'],
    ['a number for a token', {user: {token: 123456}}, 'token must be a text'],
    ['a word for a flag', {cluster: {'insecure-skip-tls-verify': 'yes'}}, 'must be true or false'],
    [
      'a certificate without key',
      {user: {'client-certificate-data': base64(CERTIFICATE)}},
      'client-key is missing',
    ],
    [
      'no PEM',
      {cluster: {'certificate-authority-data': 'AAAA'}},
      'certificate-authority-data is no PEM',
    ],
    [
      'a missing CA file',
      {cluster: {'certificate-authority': 'gone.crt'}},
      'gone.crt does not exist',
    ],
    ['token and password', {user: {token: 'a', username: 'b'}}, 'both a token and a username'],
    ['groups without a name', {user: {'as-groups': ['a']}}, 'as is missing'],
    ['a header in a name', {user: {as: 'a\r\nb: c'}}, 'as must be printable'],
  ])('with %s names the file and what to do', async (_what, city, message) => {
    const text = await problem(connectTo(city));
    expect(text).toContain(join(home, '.kube', 'config'));
    expect(text).toContain(message);
  });

  it('never shows a token that is none', async () => {
    const message = await problem(connectTo({user: {token: 'secret\nheader: x'}}));
    expect(message).not.toContain('secret');
  });
});

describe('the connection', () => {
  it('has what the cluster says', async () => {
    const connection = await connectTo({
      cluster: {
        'certificate-authority-data': base64(CA),
        'certificate-authority': 'ignored.crt',
        'tls-server-name': 'api.city',
        'insecure-skip-tls-verify': true,
        'proxy-url': 'socks5://proxy:1080',
      },
    });
    expect(connection).toMatchObject({
      ca: CA,
      tlsServerName: 'api.city',
      insecureSkipTlsVerify: true,
    });
    expect(connection.proxy?.href).toBe('socks5://proxy:1080');
  });

  it('goes through the proxy of the environment', async () => {
    put('.kube/config', config());
    expect((await connect({https_proxy: 'http://p:1'})).proxy?.href).toBe('http://p:1/');
    expect((await connect({https_proxy: 'http://p:1', NO_PROXY: 'city'})).proxy).toBeUndefined();
  });
});

describe('in a pod', () => {
  const pod = {KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '443'};

  it('the service account counts when there is no kubeconfig', async () => {
    put('sa/token', 'one\n');
    put('sa/ca.crt', CA);
    const connection = await connect(pod);
    expect(connection).toMatchObject({contextName: 'in-cluster', ca: CA});
    expect(connection.server.href).toBe('https://[fd00::1]/');
    expect(await connection.credentials.current(never)).toEqual({authorization: 'Bearer one'});
    put('sa/token', 'two\n');
    expect(connection.credentials.renew()).toBe(true);
    expect(await connection.credentials.current(never)).toEqual({authorization: 'Bearer two'});
  });

  it('a kubeconfig comes first', async () => {
    put('sa/token', 'one\n');
    put('.kube/config', config());
    expect((await connect(pod)).contextName).toBe('city');
  });

  it('another context than the service account is an error', async () => {
    put('sa/token', 'one\n');
    expect(await problem(connect(pod, {context: 'city'}))).toContain('GC_K8S_CONTEXT');
    expect((await connect(pod, {context: 'in-cluster'})).contextName).toBe('in-cluster');
  });

  it('without a token is an error', async () => {
    expect(await problem(connect(pod))).toContain('set KUBECONFIG');
  });
});
