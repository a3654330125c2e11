import {once} from 'node:events';
import {readFileSync} from 'node:fs';
import {createServer, type AddressInfo} from 'node:net';
import {describe, expect, it, onTestFinished, vi} from 'vitest';
import {begin, ONE_LINE} from '../program.ts';
import {GC_K8S, peopleCity} from './gc-k8s.ts';

describe('metrics', () => {
  it('count no run that leaves nothing, so that no counter falls', async () => {
    const own = await peopleCity();
    await own.session('plain');
    own.dev.pod('plain').end({exitCode: 3});
    const failed = async () => {
      const {stdout} = await own.gc('metrics');
      return /^agent_runtime_invocations_total\{[^}]*status="failed"\} (\d+)$/m.exec(
        stdout.toString(),
      )?.[1];
    };
    expect(await failed()).toBe('0');
    expect((await own.gc('stop plain')).code).toBe(0);
    expect(await failed()).toBe('0');
  });

  it('have every error type from the beginning, so that the first of its kind is an increase', async () => {
    const own = await peopleCity();
    const {stdout} = await own.gc('metrics');
    const told = stdout
      .toString()
      .matchAll(/^agent_runtime_errors_total\{.*error_type="(\w+)"\} 0$/gm);
    const types = [...told].map(([, type]) => type ?? '');
    const page = readFileSync('docs/metrics.md', 'utf8');
    const listed = /`error_type` is the record's `reason`:([^.]*)\./.exec(page)?.[1] ?? '';
    const documented = [...listed.matchAll(/`(\w+)`/g)].map(([, type]) => type ?? '');
    expect(types.toSorted()).toEqual(documented.toSorted());
    const rules = readFileSync('contrib/monitoring/alerts.yaml', 'utf8');
    for (const [, words = ''] of rules.matchAll(/error_type=~?"([^"]*)"/g)) {
      expect(types).toEqual(expect.arrayContaining(words.split('|')));
    }
  });

  it('are served, with the health of the way to the cluster, until Ctrl-C', async () => {
    const own = await peopleCity();
    const serving = begin(['metrics', '--serve', '0'], {env: own.env, executable: GC_K8S});
    const SERVING = /^serving (http:\/\/127\.0\.0\.1:\d+)\/metrics and \/healthz\n/;
    const address = SERVING.exec(await serving.says(SERVING))?.[1] ?? '';
    const answer = async (path: string) => {
      const response = await fetch(`${address}${path}`);
      return [response.status, await response.text()] as const;
    };
    expect(await answer('/healthz')).toEqual([200, 'ok\n']);
    const [status, metrics] = await answer('/metrics?x=1');
    expect([status, metrics]).toEqual([
      200,
      expect.stringMatching(/^agent_runtime_active_agents/m),
    ]);
    expect((await answer('/'))[0]).toBe(404);
    own.dev.faults.add({match: {verb: 'list'}, action: {type: 'status', code: 403}});
    // What was told a moment ago holds for that moment.
    const unwell = await vi.waitUntil(
      async () => {
        const [code, words] = await answer('/healthz');
        return code === 200 ? undefined : ([code, words] as const);
      },
      {timeout: 30_000, interval: 200},
    );
    expect(unwell).toEqual([503, expect.stringMatching(/^[^\n]*403[^\n]*\n$/)]);
    expect(await answer('/livez')).toEqual([200, 'ok\n']);
    own.dev.faults.clear();
    serving.interrupt();
    expect((await serving.ended).code).toBe(0);
  });

  it('are not served where somebody else serves: says where, and what to do', async () => {
    const own = await peopleCity();
    const other = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void other.close());
    await once(other, 'listening');
    const {port} = other.address() as AddressInfo;
    const {code, stdout, stderr} = await own.gc(`metrics --serve ${port}`);
    expect([code, stdout.toString()]).toEqual([1, '']);
    expect(stderr).toMatch(ONE_LINE);
    expect(stderr).toContain(`cannot serve on 127.0.0.1:${port} (`);
    expect(stderr).toContain('choose another port with --serve');
  });
});
