import {execFileSync} from 'node:child_process';
import {expect, it} from 'vitest';
import {keptLines} from '../../demo/kept.ts';
import {quoted} from '../../demo/quoted.ts';

it('gives lines with which a shell finds the city', () => {
  const environment = {
    KUBECONFIG: "/tmp/it's mine/kubeconfig",
    GC_K8S_NAMESPACE: 'gc-demo',
    GC_K8S_IMAGE: 'local',
    HOME: '/root',
  };
  const place = {
    environment,
    isOnThisMachine: true,
    endCommand: 'true',
    open: () => Promise.resolve(''),
    close: () => Promise.resolve(''),
  };
  const lines = keptLines(place, {executables: '/opt/gc k8s', session: 'mayor'});
  const exports = lines.filter(line => line.startsWith('export '));
  const script = `${exports.join('\n')}\nprintf '%s\\n' "$KUBECONFIG" "$GC_SESSION" "$GC_EVENTS"`;
  expect(execFileSync('sh', ['-c', script], {encoding: 'utf8'}).split('\n')).toEqual([
    "/tmp/it's mine/kubeconfig",
    'exec:/opt/gc k8s/gc-session-k8s',
    'exec:/opt/gc k8s/gc-events-k8s',
    '',
  ]);
  expect(lines.join('\n')).not.toContain('HOME');
  expect(lines.at(-1)).toBe('true');
});

it('leaves plain words as they are', () => {
  expect(quoted('/tmp/gc-demo/kubeconfig')).toBe('/tmp/gc-demo/kubeconfig');
  expect(quoted('$(rm)')).toBe("'$(rm)'");
});
