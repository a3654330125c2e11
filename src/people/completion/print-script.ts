import {text, type Reply} from '../../cli/operation.ts';
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
  const script = printedBy(() => tab.setup('gc-k8s', 'gc-k8s', shell));
  // Its constants would be those of every other program's completion, and a second time an error.
  return text(
    script
      .replaceAll(/^readonly (?=ShellComp)/gm, '')
      .replaceAll('ShellCompDirective', '__gc_k8s_directive'),
  );
}

/** What it writes to the console, which is all that it can do. */
function printedBy(write: () => void): string {
  const {console: outlet} = globalThis;
  const log = outlet.log.bind(outlet);
  let printed = '';
  outlet.log = (line: string) => void (printed += `${line}\n`);
  try {
    write();
  } finally {
    outlet.log = log;
  }
  return printed;
}
