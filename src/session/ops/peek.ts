import {nothing, text, type Call} from '../../cli/operation.ts';
import {UsageError} from '../../errors.ts';
import {capture} from '../../tmux/pane.ts';
import {withSession} from '../operation.ts';

const DEFAULT_LINES = 50;

export const operation = (call: Call) =>
  withSession(call, async ({cluster, session, deadline, args}) => {
    const screen = await capture({cluster, session, deadline}, lineCount(args[0]));
    return screen === undefined ? nothing : text(screen);
  });

function lineCount(argument: string | undefined): number {
  if (argument === undefined || argument === '') return DEFAULT_LINES;
  if (!/^[-+]?\d+$/.test(argument)) {
    throw new UsageError(`lines must be a whole number, not ${JSON.stringify(argument)}`);
  }
  return Number(argument);
}
