import {describe, expect, it} from 'vitest';
import {SettingsError} from '../../src/errors.ts';
import {proxyFor} from '../../src/kube/proxy.ts';

const PROXY = 'http://proxy:3128';

function goesThrough(
  server: string,
  env: NodeJS.ProcessEnv,
  proxyUrl?: string,
): string | undefined {
  return proxyFor(new URL(server), env, proxyUrl)?.href;
}

describe('proxyFor', () => {
  it('takes the variable of the scheme, in capitals first', () => {
    const env = {HTTPS_PROXY: PROXY, https_proxy: 'http://b:1', http_proxy: 'http://c:2'};
    expect(goesThrough('https://api:6443', env)).toBe('http://proxy:3128/');
    expect(goesThrough('http://api:80', env)).toBe('http://c:2/');
    expect(goesThrough('https://api:6443', {HTTPS_PROXY: '', https_proxy: 'b:1'})).toBe(
      'http://b:1/',
    );
  });

  it('prefers the proxy-url of the cluster, even for loopback and over NO_PROXY', () => {
    const env = {HTTPS_PROXY: PROXY, NO_PROXY: '*'};
    expect(goesThrough('https://localhost:1', env, 'socks5://own:1080')).toBe('socks5://own:1080');
  });

  it.each(['https://localhost:1', 'https://127.8.0.1:1', 'https://[::1]:1'])(
    'leaves out %s',
    server => {
      expect(goesThrough(server, {HTTPS_PROXY: PROXY})).toBeUndefined();
    },
  );

  it.each([
    ['*', 'https://api.example.com'],
    ['example.com', 'https://example.com'],
    ['a, Example.com ', 'https://api.example.COM'],
    ['.example.com', 'https://api.example.com'],
    ['*.example.com', 'https://api.example.com'],
    ['api.example.com:6443', 'https://api.example.com:6443'],
    ['api.example.com:443', 'https://api.example.com'],
    ['10.0.0.0/8', 'https://10.96.0.1'],
    ['10.96.0.1', 'https://10.96.0.1:6443'],
    ['10.96.0.1:6443', 'https://10.96.0.1:6443'],
    ['fd00::/8', 'https://[fd00::1]:6443'],
    ['fd00:0::1', 'https://[fd00::1]:6443'],
    ['[fd00::1]:6443', 'https://[fd00::1]:6443'],
  ])('NO_PROXY=%s exempts %s', (rules, server) => {
    expect(goesThrough(server, {HTTPS_PROXY: PROXY, NO_PROXY: rules})).toBeUndefined();
    expect(goesThrough(server, {HTTPS_PROXY: PROXY, no_proxy: rules})).toBeUndefined();
  });

  it.each([
    ['', 'https://example.com'],
    ['.example.com', 'https://example.com'],
    ['example.com', 'https://badexample.com'],
    ['api.example.com:443', 'https://api.example.com:6443'],
    ['10.0.0.0/8', 'https://11.0.0.1'],
    ['10.0.0.0/64', 'https://10.0.0.1'],
    ['10.96.0.1:443', 'https://10.96.0.1:6443'],
    ['10.96.0.1', 'https://a10.96.0.1.example'],
  ])('NO_PROXY=%s does not exempt %s', (rules, server) => {
    expect(goesThrough(server, {HTTPS_PROXY: PROXY, NO_PROXY: rules})).toBe('http://proxy:3128/');
  });

  it('refuses other schemes and nonsense without telling the password', () => {
    const wrong = ['ftp://ada:secret@proxy', 'http://ada:secret@', 'http://ada:secret@a b'];
    for (const value of wrong) {
      let message = '';
      try {
        goesThrough('https://api', {HTTPS_PROXY: value});
      } catch (error) {
        expect(error).toBeInstanceOf(SettingsError);
        ({message} = error as Error);
      }
      expect(message).toContain('HTTPS_PROXY');
      expect(message).not.toContain('secret');
    }
  });
});
