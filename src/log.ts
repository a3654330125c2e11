import {setting} from './config/settings.ts';

/** What happened, as one word a program can search for, and what it happened to. */
type Write = (event: string, fields?: Readonly<Record<string, unknown>>) => void;

/** JSON lines on stderr or in a file, never on stdout: that is the protocol's. */
export interface Log {
  readonly debug: Write;
  readonly info: Write;
  readonly warn: Write;
  readonly error: Write;
}

const silent: Log = {debug: ignore, info: ignore, warn: ignore, error: ignore};

let current = silent;

/** The process's log; silent until `openLog` found that one is asked for. */
export const log: Log = {
  debug: (event, fields) => current.debug(event, fields),
  info: (event, fields) => current.info(event, fields),
  warn: (event, fields) => current.warn(event, fields),
  error: (event, fields) => current.error(event, fields),
};

/**
 * Opens the log that GC_K8S_LOG_LEVEL and GC_K8S_LOG_FILE ask for, every line with these fields.
 * Without a level pino is not even loaded. Raises a SettingsError for a wrong level.
 */
export async function openLog(
  env: NodeJS.ProcessEnv,
  fields: Readonly<Record<string, unknown>>,
): Promise<void> {
  const level = setting(env, 'logLevel');
  if (level === 'silent') return;
  // A CommonJS package: in one bundled file it has this export alone.
  const {default: pino} = await import('pino');
  // Synchronous: the process exits right after its last line.
  const destination = pino.destination({
    dest: setting(env, 'logFile') ?? 2,
    sync: true,
    mkdir: true,
  });
  const options = {
    level,
    base: fields,
    timestamp: () => `,"timestamp":"${new Date().toISOString()}"`,
    formatters: {level: (label: string) => ({level: label})},
  };
  const target = pino(options, destination);
  current = {
    debug: (event, more) => target.debug({event, ...masked(more)}),
    info: (event, more) => target.info({event, ...masked(more)}),
    warn: (event, more) => target.warn({event, ...masked(more)}),
    error: (event, more) => target.error({event, ...masked(more)}),
  };
}

const SECRET_NAME = /token|secret|password|key$|authorization|^ANTHROPIC_/i;

/** Values under names that look secret, at any depth, are not written. */
function masked(value: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  const entries = Object.entries(value).map(([name, inner]) => {
    if (SECRET_NAME.test(name)) return [name, '***'];
    const isMapping = typeof inner === 'object' && inner !== null && !Array.isArray(inner);
    return [name, isMapping ? masked(inner as Record<string, unknown>) : inner];
  });
  return Object.fromEntries(entries) as Record<string, unknown>;
}

function ignore(): void {
  // Nobody asked for a log.
}
