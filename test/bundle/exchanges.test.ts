import {describe, expect, it} from 'vitest';
import type {ApiObject} from '../../dev-cluster/store/object.ts';
import {city, exchanges, ON_A_SESSION} from './city.ts';
import {summary} from './program.ts';

const EXEC = 'get pods/exec';

/** The exchanges of each operation with the API server, in a session with a plain name. */
const EXPECTED: Record<string, string[]> = {
  stop: ['list pods', 'delete pods'],
  'is-running': ['get pods'],
  'set-meta': ['patch pods', EXEC],
  'remove-meta': ['patch pods', EXEC],
};

describe('the exchanges with the API server', () => {
  it.each(ON_A_SESSION)('of %s', async (args, stdin) => {
    const own = await city();
    await own.session('mayor');
    const {code, stderr} = await own.run(args, {stdin});
    expect([code, stderr]).toEqual([0, '']);
    const [operation = ''] = args.split(' ');
    expect(exchanges(own).sort()).toEqual([...(EXPECTED[operation] ?? [EXEC])].sort());
  });

  it.each(['City/rig.Polecat-1', 'x'.repeat(80)])('are as few for the name %s', async name => {
    const own = await city();
    await own.session(name);
    for (const [args, stdin] of ON_A_SESSION) {
      if (!/^(is-running|nudge|set-meta)/.test(args)) continue;
      own.dev.clearRequests();
      const {code} = await own.run(args.replace('mayor', name), {stdin});
      expect([code, own.dev.requests.length <= 2], args).toEqual([0, true]);
    }
  });

  it.each([
    `'tmux' 'send-keys' '-t' 'main' '-l' '-it'\\''s; a text;'`,
    `'tmux' 'send-keys' '-t' 'main' 'Enter'`,
    `'tmux' 'capture-pane' '-t' 'main' '-p' '-S' '-50'`,
    `'tmux' 'send-keys' '-t' 'main' 'C-c'`,
    `'tmux' 'clear-history' '-t' 'main'`,
  ])('of a terminal call through exec: %s', async stdin => {
    const own = await city();
    await own.session('mayor');
    const {code} = await own.run('exec mayor', {stdin});
    expect([code, exchanges(own)]).toEqual([0, [EXEC]]);
    expect(own.pod.typed).toEqual(stdin.includes("'-l'") ? ["-it's; a text;"] : []);
  });

  it('of list-running: one for 250 pods, a page more for each 500', async () => {
    const own = await city();
    const made = await own.session('mayor');
    const add = (from: number, to: number) => {
      for (let at = from; at < to; at++) own.dev.store.put('pods', copied(made, `agent-${at}`));
    };
    add(1, 250);
    const first = await own.run('list-running agent-2');
    expect(first.stdout.toString().split('\n')).toHaveLength(1 + 10 + 50 + 1);
    expect(exchanges(own)).toEqual(['list pods']);
    add(250, 501);
    own.dev.clearRequests();
    const {stdout} = await own.run('list-running');
    expect(new Set(stdout.toString().trim().split('\n')).size).toBe(501);
    expect(exchanges(own)).toEqual(['list pods', 'list pods']);
  });

  it('of check-image and copy-to', async () => {
    const own = await city();
    await own.session('mayor');
    expect(summary(await own.run('check-image agent:1'))).toBe('0 ');
    expect(exchanges(own)).toEqual(['list pods']);
    own.dev.clearRequests();
    expect(summary(await own.run(`copy-to mayor ${own.env.KUBECONFIG ?? ''} config`))).toBe('0 ');
    expect(exchanges(own)).toEqual([EXEC]);
  });
});

function copied(pod: ApiObject, name: string): ApiObject {
  const annotations = {...pod.metadata.annotations, 'gc-session-name': name};
  return {...pod, metadata: {...pod.metadata, name, uid: name, annotations}};
}
