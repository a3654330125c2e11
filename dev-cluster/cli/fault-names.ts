import type {FaultDocument} from '../fault-document.ts';

export interface FaultFlags {
  /** `create pods`, `pods/exec`, `watch`. */
  readonly on?: string;
  readonly name?: string;
  readonly times?: string;
  readonly nth?: string;
  /** After the request took effect. */
  readonly after?: boolean;
  readonly seconds?: string;
  readonly bytes?: string;
  readonly events?: string;
}

type Action = FaultDocument['action'];

interface NamedFault {
  readonly summary: string;
  readonly action: (flags: FaultFlags) => Action;
}

const status =
  (code: number, reason: string) =>
  ({after, seconds}: FaultFlags): Action => ({
    type: 'status',
    code,
    reason,
    ...(after === true ? {when: 'after' as const} : {}),
    ...(seconds === undefined ? {} : {retryAfterSeconds: Number(seconds)}),
  });

const pod = (how: Extract<Action, {type: 'pod'}>['how']) => (): Action => ({type: 'pod', how});

const exec =
  (how: Extract<Action, {type: 'exec'}>['how']) =>
  ({bytes}: FaultFlags): Action => ({
    type: 'exec',
    how,
    ...(bytes === undefined ? {} : {afterBytes: Number(bytes)}),
  });

const watch =
  (how: Extract<Action, {type: 'watch'}>['how']) =>
  ({events}: FaultFlags): Action => ({
    type: 'watch',
    how,
    ...(events === undefined ? {} : {afterEvents: Number(events)}),
  });

const when = ({after}: FaultFlags): 'before' | 'after' => (after === true ? 'after' : 'before');

/** The faults of `gc-dev-cluster fault NAME`. */
export const namedFaults: Readonly<Record<string, NamedFault>> = {
  '409': {summary: 'answers Conflict', action: status(409, 'Conflict')},
  '410': {summary: 'answers Expired (a list or watch too old)', action: status(410, 'Expired')},
  '429': {
    summary: 'answers TooManyRequests; --seconds: its Retry-After',
    action: flags => status(429, 'TooManyRequests')({seconds: '1', ...flags}),
  },
  '500': {summary: 'answers InternalError', action: status(500, 'InternalError')},
  '503': {summary: 'answers ServiceUnavailable', action: status(503, 'ServiceUnavailable')},
  '504': {summary: 'answers Timeout', action: status(504, 'Timeout')},
  slow: {
    summary: 'answers late, by --seconds (5)',
    action: ({seconds = '5'}) => ({
      type: 'delay',
      milliseconds: Math.round(Number(seconds) * 1000),
    }),
  },
  hang: {summary: 'never answers', action: flags => ({type: 'hang', when: when(flags)})},
  cut: {
    summary: 'cuts the connection instead of an answer',
    action: flags => ({type: 'cut', when: when(flags)}),
  },
  'exec-cut': {summary: 'cuts an exec after --bytes, else before its status', action: exec('cut')},
  'exec-close': {summary: 'closes an exec without a status', action: exec('close')},
  'exec-silent': {summary: 'lets an exec go silent', action: exec('silent')},
  'watch-end': {summary: 'ends a watch after --events', action: watch('end')},
  'watch-cut': {summary: 'cuts a watch after --events', action: watch('cut')},
  'watch-silent': {summary: 'lets a watch go silent after --events', action: watch('silent')},
  'watch-gone': {summary: 'ends a watch with the error 410', action: watch('gone')},
  'expired-token': {
    summary: 'expires all tokens until it is cleared; `fault token` prints a good one',
    action: () => ({type: 'expired-token'}),
  },
  'image-pull': {summary: 'new pods cannot get their image', action: pod('image-pull')},
  unschedulable: {summary: 'new pods get no node', action: pod('unschedulable')},
  oom: {summary: 'pods that run are out of memory, else the next', action: pod('oom')},
  evict: {summary: 'pods that run are evicted, else the next', action: pod('evict')},
  'node-lost': {summary: 'pods that run are given up with their node', action: pod('node-lost')},
  'node-silent': {
    summary: 'the node is not heard of until it is cleared',
    action: () => ({type: 'node-silent'}),
  },
  'clock-skew': {
    summary: "the server's clock is --seconds ahead (3600)",
    action: ({seconds = '3600'}) => ({type: 'clock-skew', seconds: Number(seconds)}),
  },
};

/** Raises for an unknown name, and for an invalid `--on`. */
export function faultDocument(name: string, flags: FaultFlags): FaultDocument {
  const named = Object.hasOwn(namedFaults, name) ? namedFaults[name] : undefined;
  if (named === undefined)
    throw new Error(
      `no fault is called ${JSON.stringify(name)}; \`gc-dev-cluster fault --help\` lists them`,
    );
  const {times, nth, name: of} = flags;
  const action = named.action(flags);
  return {
    match: {
      ...(flags.on === undefined ? usualTarget(action) : target(flags.on)),
      ...(of === undefined ? {} : {name: of}),
      ...(nth === undefined ? {} : {nth: Number(nth)}),
      ...(times === undefined ? {} : {times: times === 'always' ? times : Number(times)}),
    },
    action,
  };
}

const verbs = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection'];

type Target = Pick<NonNullable<FaultDocument['match']>, 'verb' | 'resource'>;

/** Exec and watch faults apply to execs and watches only. */
function usualTarget({type}: Action): Target {
  if (type === 'exec') return {resource: 'pods/exec'};
  return type === 'watch' ? {verb: 'watch'} : {};
}

function target(on: string): Target {
  const words = on.split(' ').filter(word => word !== '');
  const verb = words.find(word => verbs.includes(word));
  const [resource, ...more] = words.filter(word => word !== verb);
  if (more.length > 0 || words.length === 0)
    throw new Error(
      `--on takes a verb, a resource, or both, as "create pods", not ${JSON.stringify(on)}`,
    );
  return {
    ...(verb === undefined ? {} : {verb}),
    ...(resource === undefined ? {} : {resource}),
  };
}
