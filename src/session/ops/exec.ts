import {exit, type Call} from '../../cli/operation.ts';
import {runCommand} from '../../tmux/command.ts';
import {withSession} from '../operation.ts';

export const operation = (call: Call) =>
  withSession(call, async ({cluster, session, deadline, readInput, streams}) => {
    const command = await readInput();
    const onOutput = (piece: Buffer) => void streams.output.write(piece);
    return exit(await runCommand({cluster, session, deadline}, command, onOutput));
  });
