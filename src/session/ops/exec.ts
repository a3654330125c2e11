import {exit, type Call} from '../../cli/operation.ts';
import {runCommand} from '../../tmux/command.ts';
import {withSession} from '../operation.ts';

export const operation = (call: Call) =>
  withSession(call, async ({cluster, session, deadline, readInput, print}) => {
    const command = await readInput();
    // A pipe takes what its reader is ready for; the rest would be lost when the process exits.
    let printed = Promise.resolve();
    const onOutput = (piece: Buffer) => {
      printed = Promise.all([printed, print(piece)]).then(() => undefined);
    };
    try {
      return exit(await runCommand({cluster, session, deadline}, command, onOutput));
    } finally {
      await printed;
    }
  });
