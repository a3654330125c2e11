import {UsageError} from '../errors.ts';
import {labelForm} from './names.ts';
import {ARTIFACTS, type PathMap, RUN, WORKSPACE} from './paths.ts';

/** Variables that are not passed to the pod: the controller's own, and those about its machine (session-protocol.md, "Environment in the pod"). */
const CONTROLLER_ONLY = new Set([
  ...['GC_BEADS', 'GC_EVENTS', 'GC_MAIL', 'GC_MCP_MAIL_URL', 'GC_MCP_MAIL_PROJECT'],
  ...['BEADS_DOLT_SERVER_HOST', 'BEADS_DOLT_SERVER_PORT', 'GC_DOLT_HOST', 'GC_DOLT_PORT'],
  ...['PATH', 'HOME', 'USER', 'LOGNAME', 'SHELL', 'TMPDIR', 'SSH_AUTH_SOCK'],
  ...['CLAUDE_CONFIG_DIR', 'GC_BIN', 'TMUX', 'TMUX_PANE'],
]);
const CONTROLLER_ONLY_PREFIX = /^(GC_K8S_|XDG_)/;

/** Names of variables whose values never go into a pod spec. */
const SECRET_NAME = /(^|_)(TOKEN|KEY)$|APIKEY|SECRET|PASSW(OR)?D|^ANTHROPIC_/i;

/** The password in `postgres://user:password@host`. */
const URL_PASSWORD = /(?<=\w:\/\/[^/\s:@]*:)[^@\s/]+(?=@)/g;

/** A shorter one is part of too much that is none. */
const SHORTEST_SECRET = 6;

const TO_WORKSPACE = new Set(['GC_CITY', 'GC_CITY_PATH', 'GC_CITY_ROOT']);
const MAPPED_BELOW_CITY = new Set([
  ...['GC_CITY_RUNTIME_DIR', 'GC_RIG_ROOT', 'GC_STORE_ROOT', 'BEADS_DIR', 'GT_ROOT'],
  ...['GC_PACK_DIR', 'GC_PACK_STATE_DIR'],
]);

/** Names by which a host means itself, and which mean something else in a pod. */
const LOCAL_HOST =
  /^(localhost(\.localdomain)?|.+\.localhost|ip6-(localhost|loopback)|host\.docker\.internal|(::ffff:)?127(\.\d+){1,3}|0+(\.0+)*|[0:]*:0*1?)$/;

export interface EnvironmentRequest {
  readonly session: string;
  readonly payload: Readonly<Record<string, string>>;
  readonly paths: PathMap;
  readonly workDirectory: string;
  readonly dolt: {readonly host: string; readonly port: string};
  /** Host and port of the mail service, if the pods are to know one. */
  readonly mail: {readonly host: string; readonly port: string} | undefined;
}

export interface PodEnvironment {
  /** For the pod spec, which everybody who may read pods sees. */
  readonly open: Readonly<Record<string, string>>;
  /** For a file of mode 0600 in the pod, and nowhere else. */
  readonly secret: Readonly<Record<string, string>>;
}

/** The agent's variables. Raises a UsageError for a Dolt host without a port. */
export function podEnvironment(request: EnvironmentRequest): PodEnvironment {
  const open: Record<string, string> = {};
  const secret: Record<string, string> = {};
  const known = secretsIn(request.payload);
  const isToldBy = (value: string) =>
    value.search(URL_PASSWORD) >= 0 || known.some(each => value.includes(each));
  for (const [name, value] of Object.entries(request.payload)) {
    if (CONTROLLER_ONLY.has(name) || CONTROLLER_ONLY_PREFIX.test(name)) continue;
    if (name === 'GC_SESSION' && value !== request.session) continue;
    const target = isSecretName(name) || isToldBy(value) ? secret : open;
    target[name] = mapped(name, value, request.paths);
  }
  Object.assign(open, ours(request), doltVariables(request), mailVariables(request));
  if (open.LANG === undefined && open.LC_ALL === undefined) open.LANG = 'C.UTF-8';
  const secrets = Object.entries(secret).filter(([name]) => open[name] === undefined);
  return {open, secret: Object.fromEntries(secrets)};
}

/**
 * What no text may hold, whatever the variable it came in: values under a secret's name, each line of
 * one, and passwords in URLs; the longest first, as one may be a part of another.
 */
export function secretsIn(variables: Readonly<Record<string, string>>): string[] {
  const found = Object.entries(variables).flatMap(([name, value]) => [
    ...(isSecretName(name) ? [value, ...value.split('\n')] : []),
    ...(value.match(URL_PASSWORD) ?? []),
  ]);
  return [...new Set(found)]
    .filter(secret => secret.trim().length >= SHORTEST_SECRET)
    .sort((one, other) => other.length - one.length);
}

/** True for a name such as `API_TOKEN`: the variable's value is taken for a secret. */
export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name);
}

/** The value of the `gc-agent` label: the agent's alias, else its name. */
export function agentLabel(payload: Readonly<Record<string, string>>): string {
  const {GC_ALIAS: alias = '', GC_AGENT: agent = ''} = payload;
  return labelForm(alias === '' ? agent : alias);
}

function mapped(name: string, value: string, paths: PathMap): string {
  if (value === '') return value;
  if (TO_WORKSPACE.has(name)) return WORKSPACE;
  return (MAPPED_BELOW_CITY.has(name) ? paths.inCity(value) : undefined) ?? value;
}

function ours({session, workDirectory}: EnvironmentRequest): Record<string, string> {
  return {
    GC_CITY: WORKSPACE,
    GC_DIR: workDirectory,
    GC_TMUX_SESSION: 'main',
    // Agents clear /tmp. Without its socket tmux cannot be found any more, and seems to have ended.
    TMUX_TMPDIR: RUN,
    GC_SESSION_NAME: session,
    GC_ARTIFACTS_DIR: ARTIFACTS,
  };
}

function doltVariables({payload, dolt}: EnvironmentRequest): Record<string, string> {
  const {GC_DOLT_HOST: given = '', GC_DOLT_PORT: port = ''} = payload;
  if (given !== '' && port === '') {
    throw new UsageError(`start JSON: env.GC_DOLT_HOST=${given} requires GC_DOLT_PORT`);
  }
  if (port === '') return {};
  const isHere = given === '' || isLocal(given);
  const pair = isHere ? dolt : {host: given, port};
  return {
    GC_DOLT_HOST: pair.host,
    GC_DOLT_PORT: pair.port,
    BEADS_DOLT_SERVER_HOST: pair.host,
    BEADS_DOLT_SERVER_PORT: pair.port,
  };
}

function isLocal(host: string): boolean {
  return LOCAL_HOST.test(host.toLowerCase().replace(/^\[(.*)\]$|\.$/, '$1'));
}

function mailVariables({mail}: EnvironmentRequest): Record<string, string> {
  if (mail === undefined) return {};
  return {GC_MAIL: 'mcp', GC_MCP_MAIL_URL: `http://${mail.host}:${mail.port}`};
}
