import {describe, expect, it} from 'vitest';
import {setAside} from '../../../src/pod/staging/aside.ts';
import {StagingPlan} from '../../../src/pod/staging/plan.ts';

function planOf(...paths: string[]) {
  const plan = new StagingPlan();
  for (const path of paths) plan.put(path, {kind: 'text', content: Buffer.from(path), mode: 0o600});
  return plan;
}

const OWN = ['/run/gc/aside', '/run/gc/lay-out.sh'];
const PLACE = '/workspace/.gc-k8s.mayor';

describe('setAside', () => {
  it('leaves alone what has its place to itself', () => {
    for (const isClaim of [false, true]) {
      const plan = planOf('/run/gc/x');
      expect(setAside(plan, {owner: 'mayor', isClaim})).toBeUndefined();
      expect([...plan.entries.keys()]).toEqual(['/run/gc/x']);
    }
    const plan = planOf('/workspace/a');
    expect(setAside(plan, {owner: 'mayor', isClaim: false})).toBeUndefined();
    expect([...plan.entries.keys()]).toEqual(['/workspace/a']);
  });

  it.each([
    ['on a claim', true, ['/workspace/a', '/workspace/b/c'], 'keep'],
    ['beside a city', false, ['/run/gc/city/a', '/workspace/a', '/workspace/b/c'], ''],
  ])('moves the workspace’s files %s, in their order', (_, isClaim, paths, claim) => {
    const plan = planOf(...paths);
    expect(setAside(plan, {owner: 'mayor', isClaim})).toBe(PLACE);
    expect([...plan.entries.keys()]).toEqual([
      ...paths.map(path => path.replace('/workspace', `${PLACE}/files`)),
      `${PLACE}/.gitignore`,
      ...OWN,
    ]);
    const facts = plan.entries.get('/run/gc/aside');
    expect(facts?.kind === 'text' && facts.content.toString()).toBe(
      `aside='${PLACE}' claim=${claim}\n`,
    );
  });
});
