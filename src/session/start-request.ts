import * as z from 'zod/mini';
import {messageOf, UsageError} from '../errors.ts';

/** The start JSON (session-protocol.md, "Start JSON"). Unknown fields are ignored, null counts as absent. */
const schema = z.object({
  work_dir: optional(
    z.pipe(
      z.string(),
      z.transform(path => path || undefined),
    ),
  ),
  command: text(),
  env: optional(z.record(z.string(), z.string())),
  lifecycle: text(),
  process_names: texts(),
  nudge: text(),
  ready_prompt_prefix: text(),
  ready_delay_ms: optional(z.int().check(z.minimum(0))),
  pre_start: texts(),
  session_setup: texts(),
  session_setup_script: text(),
  session_live: texts(),
  overlay_dir: text(),
  pack_overlay_dirs: texts(),
  copy_files: optional(z.array(z.object({src: z.string(), rel_dst: optional(z.string())}))),
});

export type StartRequest = z.infer<typeof schema>;

/** Names of variables that both a shell and a pod spec can carry. */
const VARIABLE_NAME = /^[A-Za-z_][A-Za-z0-9_.-]*$/;

/**
 * Parses and checks the start JSON; empty input counts as `{}`. Variables that a pod cannot have are left
 * out, with a warning. Raises a UsageError that names the first wrong field.
 */
export function startRequest(input: Buffer, warn: (text: string) => void): StartRequest {
  const result = schema.safeParse(parse(input.toString()), {reportInput: true});
  if (!result.success) throw new UsageError(`start JSON: ${firstProblem(result.error)}`);
  const {env} = result.data;
  return env === undefined ? result.data : {...result.data, env: variables(env, warn)};
}

function parse(json: string): unknown {
  if (json.trim() === '') return {};
  try {
    return JSON.parse(json);
  } catch (error) {
    const why = messageOf(error);
    throw new UsageError(`start JSON is not JSON: ${why}`, {cause: error});
  }
}

function firstProblem({issues: [issue]}: z.core.$ZodError): string {
  if (!issue) return 'is not valid';
  const path = issue.path.map(String).join('.');
  const wanted = `must be ${wish(issue)}`;
  return path === '' ? wanted : `${path} ${wanted}`;
}

function wish(issue: z.core.$ZodIssue): string {
  const not = `not ${JSON.stringify(issue.input)}`;
  if (issue.code === 'too_small') return `${issue.minimum} or more, ${not}`;
  if (issue.code === 'too_big') return `${issue.maximum} or less, ${not}`;
  return 'expected' in issue ? article(issue.expected) : `something else, ${not}`;
}

function article(type: string): string {
  const name = type === 'record' ? 'object' : type;
  return /^[aeiou]/.test(name) ? `an ${name}` : `a ${name}`;
}

/** A shell that exports its functions has them as variables like `BASH_FUNC_x%%`. */
function variables(
  env: Readonly<Record<string, string>>,
  warn: (text: string) => void,
): Record<string, string> {
  const kept = Object.entries(env).filter(([name]) => {
    if (VARIABLE_NAME.test(name)) return true;
    warn(
      `env.${JSON.stringify(name)} is no name of a variable (letters, digits, "_", "." and "-" are): left out`,
    );
    return false;
  });
  for (const [name, value] of kept) {
    if (value.includes('\0')) throw new UsageError(`start JSON: env.${name} holds a NUL byte`);
  }
  return Object.fromEntries(kept);
}

function optional<T extends z.core.SomeType>(type: T) {
  return z.optional(
    z.pipe(
      z.nullable(type),
      z.transform(value => value ?? undefined),
    ),
  );
}

function text() {
  return optional(z.string());
}

function texts() {
  return optional(z.array(z.string()));
}
