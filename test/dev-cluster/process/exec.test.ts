import {expect} from 'vitest';
import {ExecClient, execQuery} from '../kit.ts';
import {createPod, inPod, onProcesses, podIn, testOnProcesses} from './kit.ts';

const sleeping = {containers: [{command: ['sleep', '1000'], workingDir: '/srv/deep'}]};

testOnProcesses(
  'an exec has the streams, the directory and the exit code of a container',
  async () => {
    const own = await onProcesses();
    await createPod(own, 'box', sleeping);
    await podIn(own, 'box', 'Running');
    expect(
      await inPod(own, 'box', 'echo on /dev/stdout >/dev/stdout; pwd; hostname; echo $HOME'),
    ).toBe('on /dev/stdout\n/srv/deep\nbox\n/root');
    const cat = new ExecClient(
      own.dev,
      execQuery('box', ['sh', '-c', 'wc -c; exit 4'], 'stdin=1&stdout=1'),
    );
    await cat.opened();
    const piece = 'x'.repeat(64 * 1024);
    for (let count = 0; count < 32; count += 1) cat.send(0, piece);
    cat.endStdin();
    const {output, status} = await cat.ended();
    expect([output.trim(), status]).toEqual([
      (2 * 1024 * 1024).toString(),
      expect.stringContaining('"message":"4"'),
    ]);
    const missing = await new ExecClient(own.dev, execQuery('box', ['no-such-command'])).ended();
    expect(missing.status).toContain('executable file not found in $PATH');
    const killed = await new ExecClient(
      own.dev,
      execQuery('box', ['sh', '-c', 'kill -9 $$']),
    ).ended();
    expect(killed.status).toContain('"message":"137"');
  },
);

testOnProcesses(
  'an exec on a terminal has one of its container, of the client’s size',
  async () => {
    const own = await onProcesses();
    await createPod(own, 'box', sleeping);
    await podIn(own, 'box', 'Running');
    const script = `tty
      until [ "$(stty size)" = "33 101" ]; do sleep 0.1; done
      trap 'stty size; exit 5' WINCH
      read line; echo "<$line>"
      while :; do sleep 0.1; done`;
    const query = execQuery('box', ['sh', '-c', script], 'stdin=1&stdout=1&tty=1');
    const exec = new ExecClient(own.dev, query);
    await exec.opened();
    exec.send(4, JSON.stringify({Width: 101, Height: 33}));
    await exec.shows(/\/dev\/pts\/\d/);
    exec.send(0, 'typed\n');
    // As the terminal echoes it, and as the command got it.
    await exec.shows(/typed\r\n<typed>/);
    exec.send(4, JSON.stringify({Width: 77, Height: 22}));
    const {output, status} = await exec.ended();
    expect(output).toContain('22 77\r\n');
    expect(status).toContain('"message":"5"');
  },
);

testOnProcesses(
  'an exec’s command leads its group, and its end takes the input along',
  async () => {
    const own = await onProcesses();
    await createPod(own, 'box', sleeping);
    await podIn(own, 'box', 'Running');
    const script = 'sleep 1000 & kill -s TERM -- -$$ || kill $!';
    const group = await new ExecClient(own.dev, execQuery('box', ['sh', '-c', script])).ended();
    expect(group.status).toContain('"message":"143"');
    // What it leaves behind still reads, and holds one of the two outputs.
    const left = 'cat <&3 >/dev/null 3<&- &';
    const reader = new ExecClient(
      own.dev,
      execQuery('box', ['sh', '-c', `exec 3<&0; ${left} exit 6`], 'stdin=1&stdout=1'),
    );
    await reader.opened();
    expect((await reader.ended()).status).toContain('"message":"6"');
  },
);
