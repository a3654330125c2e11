import {execa} from 'execa';
import {expect, it} from 'vitest';
import {temporaryDirectory} from '../kit/temporary-directory.ts';

// On a cluster this cannot be told: containerd itself loses the end of what a container wrote when it
// ends before all was copied.
it('the agents’ image logs all of a long output, however slowly it is read', async () => {
  const env = {TMUX_TMPDIR: temporaryDirectory(), GC_DIR: temporaryDirectory()};
  const agent = execa('bash', ['contrib/image/entrypoint', 'seq', '100000'], {env, buffer: false});
  let lines = 0;
  for await (const chunk of agent.stdout) {
    lines += String(chunk).split('\n').length - 1;
    await new Promise(resolve => setTimeout(resolve, 5));
  }
  expect([lines, (await agent).exitCode]).toEqual([100_000, 0]);
});
