import {nothing, type Reply} from '../../cli/operation.ts';
import {UsageError} from '../../errors.ts';
import type {PeopleCall} from '../command.ts';

const SHELLS = ['bash', 'zsh', 'fish'];

export async function run({args: [shell = '']}: PeopleCall): Promise<Reply> {
  if (!SHELLS.includes(shell)) {
    throw new UsageError(
      `there is a completion for ${SHELLS.join(', ')}, none for ${JSON.stringify(shell)}`,
    );
  }
  const {default: tab} = await import('@bomb.sh/tab');
  tab.setup('gc-k8s', 'gc-k8s', shell);
  return nothing;
}
