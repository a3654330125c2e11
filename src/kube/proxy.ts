import {BlockList, isIP} from 'node:net';
import {SettingsError} from '../errors.ts';

/**
 * The proxy on the way to the server, as client-go chooses it: the cluster's `proxy-url`, else the
 * environment by the rules of golang.org/x/net/http/httpproxy. Raises a SettingsError for a proxy
 * that is no http, https or socks5 URL; its message leaves out the URL, which may hold a password.
 */
export function proxyFor(server: URL, env: NodeJS.ProcessEnv, proxyUrl?: string): URL | undefined {
  if (proxyUrl !== undefined && proxyUrl !== '') return proxyAt(proxyUrl, 'proxy-url');
  const scheme = server.protocol === 'https:' ? 'HTTPS' : 'HTTP';
  const variable = [`${scheme}_PROXY`, `${scheme.toLowerCase()}_proxy`].find(name => env[name]);
  const value = variable === undefined ? undefined : env[variable];
  if (variable === undefined || value === undefined || isExempt(server, env)) return undefined;
  return proxyAt(value.includes('://') ? value : `http://${value}`, variable);
}

function proxyAt(value: string, source: string): URL {
  const proxy = URL.canParse(value) ? new URL(value) : undefined;
  if (proxy === undefined || proxy.hostname === '') {
    throw new SettingsError(`${source} is no URL; set it to the likes of http://proxy:3128`);
  }
  if (!['http:', 'https:', 'socks5:'].includes(proxy.protocol)) {
    throw new SettingsError(
      `${source} has the scheme ${proxy.protocol.slice(0, -1)}; only http, https and socks5 proxies are supported`,
    );
  }
  return proxy;
}

function isExempt(server: URL, env: NodeJS.ProcessEnv): boolean {
  const host = withoutBrackets(server.hostname).toLowerCase().replace(/\.$/, '');
  if (host === 'localhost' || matchesAddress(LOOPBACK, host)) return true;
  const port = server.port || (server.protocol === 'https:' ? '443' : '80');
  const noProxy = [env.NO_PROXY, env.no_proxy].find(value => value !== '' && value !== undefined);
  const rules = noProxy?.split(',') ?? [];
  return rules.some(rule => matches(rule.trim().toLowerCase(), host, port));
}

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8);
LOOPBACK.addAddress('::1', 'ipv6');

/** True when a rule of NO_PROXY covers the host: `*`, a CIDR, an address or a domain; the last two may have a port. */
function matches(rule: string, host: string, port: string): boolean {
  if (rule === '') return false;
  if (rule === '*') return true;
  const subnet = /^([^/]+)\/(\d{1,3})$/.exec(rule);
  if (subnet?.[1] !== undefined && isIP(subnet[1]) !== 0) {
    return matchesAddress(subnetOf(subnet[1], Number(subnet[2])), host);
  }
  const split = /^(.*?)(?::(\d+))?$/.exec(isIP(rule) === 6 ? `[${rule}]` : rule);
  const name = withoutBrackets(split?.[1] ?? '');
  if (split?.[2] !== undefined && split[2] !== port) return false;
  if (isIP(name) !== 0) return matchesAddress(subnetOf(name, isIP(name) === 4 ? 32 : 128), host);
  const domain = name.replace(/^\*(?=\.)/, '');
  if (domain === '') return false;
  return domain.startsWith('.')
    ? host.endsWith(domain)
    : host === domain || host.endsWith(`.${domain}`);
}

function subnetOf(address: string, bits: number): BlockList {
  const list = new BlockList();
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
  // A CIDR with too many bits is invalid, and matches nothing.
  if (bits <= (family === 'ipv6' ? 128 : 32)) list.addSubnet(address, bits, family);
  return list;
}

function matchesAddress(list: BlockList, host: string): boolean {
  const family = isIP(host);
  return family !== 0 && list.check(host, family === 6 ? 'ipv6' : 'ipv4');
}

function withoutBrackets(host: string): string {
  return host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host;
}
