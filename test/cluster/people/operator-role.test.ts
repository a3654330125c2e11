import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {account, shippedRules, type Rule} from '../kit/account.ts';

import {openPlayground, succeeded, type Playground} from '../kit/playground.ts';
import {launch} from '../kit/process.ts';
import {beforeNextTry} from '../kit/tries.ts';
import {GC_K8S, gcK8s} from '../run/kit.ts';

const RULES = shippedRules('gc-operator');
const isOfLogs = ({resources}: Rule) => resources.includes('pods/log');

/** Words of a call, and what it prints. */
type Said = readonly [line: string, words: RegExp];

const LOOKING: readonly Said[] = [
  ['status', /^mayor +running /m],
  ['logs mayor', /said/],
  ['logs mayor --errors', /Error: said/],
  ['events list', /role\.test/],
  ['events stats', /role\.test/],
  ['metrics', /agent_runtime_active_agents/],
  ['artifacts mayor', /no artifacts/],
  ['prune --dry-run', /would be deleted/],
];

const DOING: readonly Said[] = [
  ['status -o wide', /mayor/],
  ['doctor --no-dolt', /ok +permissions/],
  ['events prune --keep 1', /events/],
  ['prune', /deleted/],
  ['cancel mayor', /session "mayor" cancelled/],
  ['stop mayor', /stopped/],
];

describe('the Role of people', () => {
  let ground: Playground;
  beforeAll(async () => {
    ground = await openPlayground('operator');
    await begin();
    const {env} = ground;
    const event = '{"type":"role.test","actor":"a"}';
    const record = join(ground.executable, '../gc-events-k8s');
    succeeded(await launch(record, ['record'], {env, stdin: event, deadlineMs: 30_000}).done);
  });
  afterAll(() => ground.close());

  const begin = () => ground.start('mayor', {command: 'echo Error: said; cat'});
  const gc = (line: string, KUBECONFIG: string) => gcK8s(ground, line.split(' '), {KUBECONFIG});
  const says = async (all: readonly Said[], kubeconfig: string) => {
    for (const [line, words] of all) {
      const {code, stdout, stderr} = await gc(line, kubeconfig);
      expect([line, code, stderr]).toEqual([line, 0, '']);
      expect(stdout, line).toMatch(words);
    }
  };

  it('is the controller’s, and reads logs', () => {
    expect(RULES.filter(rule => !isOfLogs(rule))).toEqual(shippedRules('gc-controller'));
    expect(RULES.filter(isOfLogs)).toEqual([
      {apiGroups: [''], resources: ['pods/log'], verbs: ['get']},
    ]);
  });

  it('names the verb that gc itself has no need for', async () => {
    const kubeconfig = await account(ground, 'no-logs', shippedRules('gc-controller'));
    const {code, stderr} = await gc('logs mayor', kubeconfig);
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(
        /^logs mayor: .*needs verb "get" on pods\/log \(contrib\/k8s\/rbac\.yaml\).*\n$/,
      ),
    ]);
  });

  it('can be cut down to looking', async () => {
    const looking = [
      {apiGroups: [''], resources: ['pods', 'configmaps'], verbs: ['get', 'list', 'watch']},
      {apiGroups: [''], resources: ['pods/log'], verbs: ['get']},
      {apiGroups: [''], resources: ['events'], verbs: ['list']},
    ];
    const kubeconfig = await account(ground, 'looker', looking);
    await says(
      LOOKING.filter(([line]) => !line.startsWith('artifacts')),
      kubeconfig,
    );
    expect((await gc('stop mayor', kubeconfig)).stderr).toContain('needs verb "delete" on pods');
  });

  it('is enough for every command', async () => {
    beforeNextTry(async () => {
      await ground.gc(['stop', 'mayor']);
      await begin();
    });
    const kubeconfig = await account(ground, 'operator', RULES);
    const env = {...ground.env, KUBECONFIG: kubeconfig};
    const tail = launch(GC_K8S, ['events', 'tail'], {env, deadlineMs: 30_000});
    const said = await new Promise<string>(resolve => tail.onOutput(piece => resolve(piece)));
    tail.signal('SIGINT');
    await tail.done;
    expect(said).toContain('role.test');
    await says([...LOOKING, ...DOING], kubeconfig);
  });
});
