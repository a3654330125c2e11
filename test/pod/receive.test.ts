import {spawn} from 'node:child_process';
import {describe, expect, it} from 'vitest';
import receiveScript from '../../src/pod/scripts/receive.sh';
import {temporaryDirectory} from '../kit/temporary-directory.ts';
import {moved, programsWithout} from '../kit/terminal.ts';

const LENGTH = 1_000_000;

/** Runs receive.sh with an archive that no tar can read, whose sender closes stdin when it is told to. */
async function received(shell: string, ...missing: string[]) {
  const directory = temporaryDirectory();
  const script = moved(receiveScript, directory);
  const child = spawn(shell, ['-c', script, 'gc', String(LENGTH), ''], {
    env: {PATH: programsWithout(...missing)},
  });
  let [said, words, sendFailure] = ['', '', ''];
  child.stdin.on('error', error => (sendFailure = error.message));
  child.stdin.write(Buffer.alloc(LENGTH, 'no archive'));
  child.stdout.on('data', (piece: Buffer) => {
    said += piece.toString();
    if (said.endsWith('refused\n')) child.stdin.end();
  });
  child.stderr.on('data', (piece: Buffer) => (words += piece.toString()));
  const code = await new Promise(resolve => child.on('close', resolve));
  return {code, said, sendFailure, last: words.trim().split('\n').at(-1)};
}

describe.each(['sh', 'bash'])('receive.sh under %s', shell => {
  it.each(['head', 'tar'])(
    'names the program that the image lacks, and reads on: %s',
    async name => {
      const {code, ...rest} = await received(shell, name);
      expect(rest).toEqual({
        said: 'up\nrefused\n',
        sendFailure: '',
        last: `the image has no ${name}`,
      });
      expect(code).not.toBe(0);
    },
  );

  it('leaves the last word to a tar that fails, and reads on', async () => {
    const {code, last, ...rest} = await received(shell);
    expect(rest).toEqual({said: 'up\nrefused\n', sendFailure: ''});
    expect([code === 0, last]).toEqual([false, expect.stringContaining('tar')]);
  });
});
