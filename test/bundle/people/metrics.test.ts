import {once} from 'node:events';
import {readFileSync} from 'node:fs';
import {createServer, type AddressInfo} from 'node:net';
import {describe, expect, it, onTestFinished} from 'vitest';
import {ONE_LINE} from '../program.ts';
import {peopleCity} from './gc-k8s.ts';

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
