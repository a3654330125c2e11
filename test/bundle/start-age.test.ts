import {expect, it} from 'vitest';
import {city} from './city.ts';
import {ONE_LINE} from './program.ts';

/** Seconds after which whoever was starting a pod has given up (session-protocol.md, "Start JSON"). */
it.each<[string, Record<string, string>, number]>([
  ['ours', {'gc-k8s/start': 'x'}, 150],
  ['another provider’s', {}, 360],
])('a pod that is not up yet keeps its name for a time: %s', async (_, annotations, limit) => {
  for (const [age, isRefused] of [
    [limit - 10, true],
    // The server tells its time in whole seconds.
    [limit + 2, false],
  ] as const) {
    const own = await city();
    const old = await own.session('mayor', annotations);
    own.pod.tmuxIsGone = true;
    const creationTimestamp = new Date(Date.now() - age * 1000).toISOString();
    own.dev.store.put('pods', {...old, metadata: {...old.metadata, creationTimestamp}});
    const {code, stderr} = await own.run('start mayor', {stdin: '{}'});
    expect([age, code]).toEqual([age, isRefused ? 1 : 0]);
    expect(stderr).toMatch(isRefused ? ONE_LINE : /^$/);
    if (isRefused) expect(stderr).toContain('is being started: pod mayor is');
    expect(own.pods().map(({metadata}) => metadata.uid === old.metadata.uid)).toEqual([isRefused]);
  }
});
