import {z} from 'zod';
import type {ActiveFault, Fault} from './faults.ts';

const count = z.int().min(1);
const when = z.enum(['before', 'after']);

const match = z.strictObject({
  method: z.string().optional(),
  path: z.string().optional(),
  verb: z.string().optional(),
  resource: z.string().optional(),
  namespace: z.string().optional(),
  name: z.string().optional(),
  nth: count.optional(),
  times: z.union([count, z.literal('always')]).optional(),
});

const action = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('status'),
    code: z.int().min(400).max(599),
    reason: z.string().optional(),
    message: z.string().optional(),
    retryAfterSeconds: z.int().min(0).optional(),
    when: when.optional(),
  }),
  z.strictObject({type: z.literal('hang'), when: when.optional()}),
  z.strictObject({type: z.literal('delay'), milliseconds: z.int().min(0)}),
  z.strictObject({type: z.literal('cut'), when}),
  z.strictObject({
    type: z.literal('exec'),
    how: z.enum(['cut', 'close', 'silent']),
    afterBytes: z.int().min(0).optional(),
  }),
  z.strictObject({
    type: z.literal('watch'),
    how: z.enum(['end', 'cut', 'silent', 'gone', 'gone-status']),
    afterEvents: z.int().min(0).optional(),
  }),
  z.strictObject({
    type: z.literal('pod'),
    how: z.enum(['image-pull', 'unschedulable', 'oom', 'evict', 'node-lost']),
  }),
  z.strictObject({type: z.literal('node-silent')}),
  z.strictObject({type: z.literal('clock-skew'), seconds: z.int()}),
  z.strictObject({type: z.literal('expired-token')}),
]);

const document = z.strictObject({match: match.optional(), action});

/** A fault as JSON: the path as a regular expression's text, `times` a number or `always`. */
export type FaultDocument = z.input<typeof document>;

/** Raises an Error that names the invalid field. */
export function readFault(value: unknown): Fault {
  const read = document.safeParse(value);
  if (!read.success) {
    const [issue] = read.error.issues;
    const where = issue?.path.join('.') ?? '';
    throw new Error(`${where === '' ? 'the fault' : where}: ${issue?.message ?? 'not understood'}`);
  }
  const {path, times, ...rest} = defined(read.data.match ?? {});
  return {
    match: {
      ...rest,
      ...(path === undefined ? {} : {path: pattern(path)}),
      ...(times === undefined ? {} : {times: times === 'always' ? Infinity : times}),
    },
    action: defined(read.data.action),
  };
}

export function writeFault({
  id,
  seen,
  match: {path, times, ...rest},
  action: done,
}: ActiveFault): object {
  const shown = {
    ...rest,
    ...(path === undefined ? {} : {path: path.source}),
    ...(times === undefined ? {} : {times: times === Infinity ? 'always' : times}),
  };
  return {id, match: shown, action: done, seen};
}

function pattern(text: string): RegExp {
  try {
    return new RegExp(text);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`match.path: ${why}`, {cause: error});
  }
}

type Defined<T> = T extends unknown ? {[K in keyof T]: Exclude<T[K], undefined>} : never;

/** zod omits absent fields, but its types allow undefined. */
function defined<T extends object>(value: T): Defined<T> {
  return value as Defined<T>;
}
