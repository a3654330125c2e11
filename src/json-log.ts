import {dirname} from 'node:path';
import pino from 'pino';
import {traceContext} from './config/trace-context.ts';
import {makeDestination} from './directory.ts';
import {withoutExists} from './errors.ts';

/** What happened, as one word a program can search for, and what it happened to. */
type Write = (event: string, fields?: Readonly<Record<string, unknown>>) => void;

/** JSON lines on stderr or in a file, never on stdout: that is the protocol's. */
export interface Log {
  readonly debug: Write;
  readonly info: Write;
  readonly warn: Write;
  readonly error: Write;
  /** Adds fields to every line from now on. */
  readonly about: (fields: Readonly<Record<string, unknown>>) => void;
}

export interface JsonLogOptions {
  readonly level: string;
  /** A file to append to; undefined: stderr. */
  readonly file: string | undefined;
  /** In every line. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** Where the trace is that the call belongs to. */
  readonly env: NodeJS.ProcessEnv;
}

type Fields = Readonly<Record<string, unknown>>;

/** Writes JSON lines; what looks like a secret by its name is not written. */
export function jsonLog({level, file, fields, env}: JsonLogOptions): Log {
  if (file !== undefined) makeDestination(dirname(file));
  // Synchronous: the process exits right after its last line.
  const destination = pino.destination({dest: file ?? 2, sync: true});
  const options = {
    level,
    base: null,
    timestamp: () => `,"timestamp":"${new Date().toISOString()}"`,
    formatters: {level: (label: string) => ({level: label})},
    // What is on stderr, gc reads.
    ...(file === undefined ? {hooks: {streamWrite: withoutExists}} : {}),
  };
  const target = pino(options, destination);
  const traceId = traceContext(env)?.traceId;
  let always = {...fields, ...(traceId === undefined ? {} : {traceId})};
  const line = (event: string, more: Fields = {}) => ({...always, event, ...masked(more)});
  return {
    debug: (event, more) => target.debug(line(event, more)),
    info: (event, more) => target.info(line(event, more)),
    warn: (event, more) => target.warn(line(event, more)),
    error: (event, more) => target.error(line(event, more)),
    about: more => void (always = {...always, ...more}),
  };
}

const SECRET_NAME = /token|secret|password|key$|authorization|^ANTHROPIC_/i;

/** Values under names that look secret, at any depth, are not written. */
function masked(value: Fields): Record<string, unknown> {
  const entries = Object.entries(value).map(([name, inner]) => {
    if (SECRET_NAME.test(name)) return [name, '***'];
    const isMapping = typeof inner === 'object' && inner !== null && !Array.isArray(inner);
    return [name, isMapping ? masked(inner as Fields) : inner];
  });
  return Object.fromEntries(entries) as Record<string, unknown>;
}
