import {exit, type Call} from '../../cli/operation.ts';
import {runCommand} from '../../tmux/command.ts';
import {withSession} from '../operation.ts';

export const operation = (call: Call) =>
  withSession(call, async ({cluster, session, deadline, readInput, print}) => {
    const command = await readInput();
    let printed = Promise.resolve();
    const onOutput = (piece: Buffer) => {
      printed = Promise.all([printed, print(piece)]).then(() => undefined);
    };
    const code = await runCommand({cluster, session, deadline}, command, onOutput);
    await printed;
    return exit(code);
  });
