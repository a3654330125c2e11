import {describe, expect, it} from 'vitest';
import {UsageError} from '../../src/errors.ts';
import {agentLabel, podEnvironment, type PodEnvironment} from '../../src/pod/environment.ts';
import {PathMap} from '../../src/pod/paths.ts';
import {failureOf} from '../kit/failing.ts';

const CITY = '/home/u/city';

function environmentOf(
  payload: Record<string, string>,
  more: {mail?: {host: string; port: string}} = {},
): PodEnvironment {
  const paths = new PathMap(payload.GC_CITY);
  return podEnvironment({
    session: 'mayor',
    payload,
    paths,
    workDirectory: paths.workDirectory(`${CITY}/rigs/a`),
    dolt: {host: 'dolt.gc.svc.cluster.local', port: '3307'},
    mail: more.mail,
  });
}

const open = (payload: Record<string, string>) => environmentOf(payload).open;

describe('the agent’s variables', () => {
  it('are the payload’s, with ours', () => {
    expect(environmentOf({GC_AGENT: 'coder', EMPTY: ''})).toEqual({
      open: {
        GC_AGENT: 'coder',
        EMPTY: '',
        GC_CITY: '/workspace',
        GC_DIR: '/workspace',
        GC_TMUX_SESSION: 'main',
        TMUX_TMPDIR: '/run/gc',
        GC_SESSION_NAME: 'mayor',
        GC_ARTIFACTS_DIR: '/run/gc/output/artifacts',
        LANG: 'C.UTF-8',
      },
      secret: {},
    });
  });

  it.each([
    ...['GC_BEADS', 'GC_EVENTS', 'GC_MAIL', 'GC_MCP_MAIL_URL', 'GC_MCP_MAIL_PROJECT'],
    ...['BEADS_DOLT_SERVER_HOST', 'BEADS_DOLT_SERVER_PORT', 'GC_K8S_IMAGE', 'GC_K8S_ANY'],
    ...['PATH', 'HOME', 'USER', 'LOGNAME', 'SHELL', 'TMPDIR', 'XDG_RUNTIME_DIR', 'XDG_ANY'],
    ...['SSH_AUTH_SOCK', 'CLAUDE_CONFIG_DIR', 'GC_BIN', 'TMUX', 'TMUX_PANE'],
  ])('leave out %s, which means the controller’s machine', name => {
    const {open, secret} = environmentOf({[name]: 'x'});
    expect({...open, ...secret}).not.toHaveProperty(name);
  });

  it('hold GC_SESSION only when it names the session', () => {
    expect(open({GC_SESSION: 'mayor'}).GC_SESSION).toBe('mayor');
    expect(open({GC_SESSION: 'exec:/bin/x'})).not.toHaveProperty('GC_SESSION');
  });

  it('cannot replace ours', () => {
    const ours = {GC_TMUX_SESSION: 'x', TMUX_TMPDIR: '/tmp', GC_SESSION_NAME: 'y', GC_DIR: '/z'};
    expect(open({...ours, GC_CITY: CITY})).toMatchObject({
      GC_TMUX_SESSION: 'main',
      TMUX_TMPDIR: '/run/gc',
      GC_SESSION_NAME: 'mayor',
      GC_DIR: '/workspace/rigs/a',
      GC_CITY: '/workspace',
    });
  });

  it('keep a locale that was given', () => {
    expect(open({LANG: 'de_DE.UTF-8'}).LANG).toBe('de_DE.UTF-8');
    expect(open({LC_ALL: 'C'})).not.toHaveProperty('LANG');
  });
});

describe('secrets', () => {
  it.each([
    ...['GITHUB_TOKEN', 'OPENAI_API_KEY', 'MY_SECRET', 'SECRET_THING', 'DB_PASSWORD', 'PASSWORD'],
    ...['PGPASSWORD', 'ANTHROPIC_BASE_URL', 'ANTHROPIC_API_KEY'],
    ...['github_token', 'api_key', 'client_secret', 'DB_PASSWD', 'pgpassword'],
    ...['TOKEN', 'OPENAI_APIKEY'],
  ])('%s stays out of the pod spec', name => {
    const {open, secret} = environmentOf({[name]: 'planted'});
    expect(JSON.stringify(open)).not.toContain('planted');
    expect(secret).toEqual({[name]: 'planted'});
  });

  it.each([
    ['a password in a URL', 'DATABASE_URL', 'postgres://u:planted-pw@db:5432/x'],
    ['what another variable has under a secret’s name', 'ARGS', '--with planted-token'],
  ])('%s stays out of it, too', (_, name, value) => {
    const {open, secret} = environmentOf({
      [name]: value,
      A_TOKEN: 'planted-token',
      URL: 'http://a:1/b@c',
    });
    expect(open).toMatchObject({URL: 'http://a:1/b@c'});
    expect(JSON.stringify(open)).not.toContain('planted');
    expect(secret).toMatchObject({[name]: value});
  });

  it('never take the place of a variable of ours', () => {
    const {open, secret} = environmentOf({GC_DIR: 'planted-token', A_TOKEN: 'planted-token'});
    expect([open.GC_DIR, secret]).toEqual(['/workspace', {A_TOKEN: 'planted-token'}]);
  });

  it.each(['KEYBOARD', 'TOKENS', 'MY_ANTHROPIC_X', 'A_KEY_B'])('%s is none', name => {
    expect(open({[name]: 'x'})).toHaveProperty(name, 'x');
  });
});

describe('paths', () => {
  it('of the city itself become the workspace', () => {
    const payload = {GC_CITY: CITY, GC_CITY_PATH: CITY, GC_CITY_ROOT: CITY};
    expect(open(payload)).toMatchObject({
      GC_CITY: '/workspace',
      GC_CITY_PATH: '/workspace',
      GC_CITY_ROOT: '/workspace',
    });
  });

  it.each([
    ...['GC_CITY_RUNTIME_DIR', 'GC_RIG_ROOT', 'GC_STORE_ROOT', 'BEADS_DIR', 'GT_ROOT'],
    ...['GC_PACK_DIR', 'GC_PACK_STATE_DIR'],
  ])('%s is mapped below the city, and only there', name => {
    expect(open({GC_CITY: CITY, [name]: `${CITY}/a/b`})[name]).toBe('/workspace/a/b');
    expect(open({GC_CITY: CITY, [name]: '/else/where'})[name]).toBe('/else/where');
    expect(open({GC_CITY: CITY, [name]: ''})[name]).toBe('');
    expect(open({[name]: `${CITY}/a`})[name]).toBe(`${CITY}/a`);
  });

  it('in any other variable stay', () => {
    expect(open({GC_CITY: CITY, MY_DIR: `${CITY}/a`}).MY_DIR).toBe(`${CITY}/a`);
  });
});

describe('Dolt', () => {
  const pair = (host: string, port: string) => ({
    GC_DOLT_HOST: host,
    GC_DOLT_PORT: port,
    BEADS_DOLT_SERVER_HOST: host,
    BEADS_DOLT_SERVER_PORT: port,
  });

  it('is where the payload says', () => {
    const payload = {GC_DOLT_HOST: 'db', GC_DOLT_PORT: '1', BEADS_DOLT_SERVER_HOST: 'old'};
    expect(open(payload)).toMatchObject(pair('db', '1'));
  });

  it.each([
    undefined,
    ...['', 'localhost', '127.0.0.1', '::1', '::', '0.0.0.0', 'host.docker.internal'],
    ...['Localhost', 'localhost.', 'LOCALHOST.', '127.0.1.1', '127.1', '[::1]', 'dolt.localhost'],
    ...['0:0:0:0:0:0:0:1', '::ffff:127.0.0.1', 'localhost.localdomain', 'ip6-localhost', '0'],
  ])('is the cluster’s own when the host is %s and a port is given', host => {
    const payload = {...(host === undefined ? {} : {GC_DOLT_HOST: host}), GC_DOLT_PORT: '9999'};
    expect(open(payload)).toMatchObject(pair('dolt.gc.svc.cluster.local', '3307'));
  });

  it.each(['db', 'localhost'])('needs a port for the host %s', host => {
    const message = failureOf(UsageError, () => environmentOf({GC_DOLT_HOST: host}));
    expect(message).toContain('requires GC_DOLT_PORT');
    expect(message).toContain(host);
  });

  it('is not mentioned when the payload does not', () => {
    for (const payload of [{}, {GC_DOLT_HOST: '', GC_DOLT_PORT: ''}]) {
      expect(Object.keys(open(payload)).filter(name => name.includes('DOLT'))).toEqual([]);
    }
  });
});

describe('mail', () => {
  it('is set from the settings alone', () => {
    const payload = {GC_MAIL: 'exec:x', GC_MCP_MAIL_URL: 'http://localhost:1'};
    const {open} = environmentOf(payload, {mail: {host: 'mail.gc', port: '8765'}});
    expect(open).toMatchObject({GC_MAIL: 'mcp', GC_MCP_MAIL_URL: 'http://mail.gc:8765'});
  });

  it('is absent without them', () => {
    const {open} = environmentOf({GC_MAIL: 'exec:x', GC_MCP_MAIL_URL: 'http://localhost:1'});
    expect(Object.keys(open).filter(name => name.includes('MAIL'))).toEqual([]);
  });
});

describe('agentLabel', () => {
  it.each([
    [{GC_ALIAS: 'City/x', GC_AGENT: 'b'}, 'City-x'],
    [{GC_ALIAS: '', GC_AGENT: 'b'}, 'b'],
    [{GC_AGENT: 'b'}, 'b'],
    [{}, 'unknown'],
  ])('of %j is %s', (payload, label) => {
    expect(agentLabel(payload)).toBe(label);
  });
});
