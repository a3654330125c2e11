import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {skipped} from '../kit/unless.ts';
import {account, shippedRules, type Rule} from './kit/account.ts';
import {openPlayground, succeeded, type Playground} from './kit/playground.ts';
import {launch} from './kit/process.ts';

/** The operation that shows what a verb is for, with its arguments and stdin. */
interface Use {
  readonly program: 'gc-session-k8s' | 'gc-events-k8s';
  readonly args: readonly string[];
  readonly stdin?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** What shows that the verb is missing, for an operation that goes on without it. */
  readonly missed?: (ground: Playground) => Promise<void>;
}

const session = (args: readonly string[], stdin = ''): Use => ({
  program: 'gc-session-k8s',
  args,
  stdin,
});
const events = (args: readonly string[], stdin = ''): Use => ({
  program: 'gc-events-k8s',
  args,
  stdin,
});
const start = session(['start', 'new'], '{"command":"cat"}');
/** Too long to be carried by the counter. */
const long = JSON.stringify({type: 'role.long', actor: 'test', payload: 'x'.repeat(50_000)});
const short = JSON.stringify({type: 'role.short', actor: 'test'});

async function minorVersion({api}: Playground): Promise<number> {
  const {text} = await api.callAt('/version', 'GET');
  return Number.parseInt((JSON.parse(text) as {minor: string}).minor, 10);
}

/** The objects that long events wait in until they have one of their own. */
async function leftBehind({api}: Playground): Promise<string[]> {
  const {body} = await api.call('GET', '/configmaps');
  return (body.items ?? []).flatMap(({metadata}) =>
    metadata?.name?.startsWith('gc-evtp-') ? [metadata.name] : [],
  );
}

const USES: Readonly<Record<string, Use>> = {
  'get pods': session(['is-running', 'a']),
  'list pods': session(['list-running', '']),
  'watch pods': start,
  'create pods': start,
  'patch pods': session(['set-meta', 'a', 'KEY'], 'value'),
  'delete pods': session(['stop', 'a']),
  'get pods/exec': session(['peek', 'a']),
  'create pods/exec': session(['peek', 'a']),
  'list events': {
    ...start,
    env: {GC_K8S_IMAGE: 'registry.invalid/none:v1', GC_K8S_IMAGE_PULL_POLICY: 'Never'},
  },
  'get configmaps': events(['list'], '{"AfterSeq":1}'),
  'list configmaps': events(['watch', '0']),
  'watch configmaps': events(['watch', '0']),
  'create configmaps': events(['record'], long),
  'update configmaps': events(['record'], short),
  'delete configmaps': {
    ...events(['record'], long),
    missed: async ground => {
      const left = await leftBehind(ground);
      for (const name of left) await ground.api.call('DELETE', `/configmaps/${name}`);
      expect(left).toHaveLength(1);
    },
  },
};

const RULES = shippedRules('gc-controller');

const VERBS = RULES.flatMap(({resources, verbs}) =>
  resources.flatMap(resource => verbs.map(verb => [verb, resource] as const)),
);

function rulesWithout(verb: string, resource: string): Rule[] {
  return RULES.map(rule =>
    rule.resources.includes(resource)
      ? {...rule, verbs: rule.verbs.filter(other => other !== verb)}
      : rule,
  ).filter(({verbs}) => verbs.length > 0);
}

describe('the controller’s Role', () => {
  let ground: Playground;
  beforeAll(async () => {
    ground = await openPlayground('role');
    await ground.start('a', {command: 'cat'});
  });
  afterAll(() => ground.close());

  const run = ({program, args, stdin = '', env = {}}: Use, kubeconfig: string) =>
    launch(ground.executable.replace(/gc-session-k8s$/, program), args, {
      env: {...ground.env, KUBECONFIG: kubeconfig, ...env},
      stdin,
      deadlineMs: 60_000,
    }).done;

  it('is enough: a long event leaves nothing but itself', async () => {
    const kubeconfig = await account(ground, 'whole', RULES);
    succeeded(await run(events(['record'], long), kubeconfig));
    expect(await leftBehind(ground)).toEqual([]);
  });

  it.for(VERBS)('needs %s on %s', async ([verb, resource], context) => {
    if (verb === 'create' && resource === 'pods/exec' && (await minorVersion(ground)) < 35) {
      skipped(context, 'before Kubernetes 1.35 an exec over WebSocket asks for "get" alone');
    }
    const use = USES[`${verb} ${resource}`];
    if (use === undefined) throw new Error('nothing is known that needs it');
    const name = `without-${verb}-${resource.replace('/', '-')}`;
    const kubeconfig = await account(ground, name, rulesWithout(verb, resource));
    const {code, stderr} = await run(use, kubeconfig);
    if (use.missed) {
      expect([code, stderr]).toEqual([0, '']);
      await use.missed(ground);
      return;
    }
    expect(code).toBe(1);
    expect(stderr).toContain(`needs verb "${verb}" on ${resource} (contrib/k8s/rbac.yaml)`);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});
