import {execa} from 'execa';
import {expect, it} from 'vitest';
import {temporaryDirectory} from '../kit/temporary-directory.ts';

// On a cluster this cannot be told: containerd itself loses the end of what a container wrote when it
// ends before all was copied.
it('the agents’ image logs all of a long output, however slowly it is read', async () => {
  const env = {TMUX_TMPDIR: temporaryDirectory(), GC_DIR: temporaryDirectory()};
  // As PID 1, with which everything ends that it has not waited for.
  const alone = ['--map-root-user', '--pid', '--fork', 'bash', 'contrib/image/entrypoint'];
  const agent = execa('unshare', [...alone, 'seq', '100000'], {env, buffer: false});
  let lines = 0;
  for await (const chunk of agent.stdout) {
    lines += String(chunk).split('\n').length - 1;
    await new Promise(resolve => setTimeout(resolve, 50));
  }
  expect([lines, (await agent).exitCode]).toEqual([100_000, 0]);
});
