import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {existsSync, realpathSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {exit, type Reply} from '../cli/operation.ts';
import {SettingsError} from '../errors.ts';
import {isSet, valueOf, type PeopleCall} from './command.ts';

/** The executable that contains the embedded cluster and the demo. */
const PROGRAM = 'gc-dev-cluster';

/** Runs the demo from the executable next to this one, on this terminal; returns its exit code. */
export async function run(call: PeopleCall): Promise<Reply> {
  const directory = dirname(realpathSync(process.argv[1] ?? ''));
  const program = join(directory, PROGRAM);
  if (!existsSync(program)) {
    throw new SettingsError(
      `the demo is part of ${PROGRAM}, which is not in ${directory}; put it there`,
    );
  }
  const context = valueOf(call.options, 'context');
  const words = [
    'demo',
    ...(context === undefined ? [] : ['--context', context]),
    ...(isSet(call.options, 'keep') ? ['--keep'] : []),
  ];
  // Ctrl-C signals the terminal's whole foreground process group: the demo cleans up, and this process
  // waits for it, however long that takes.
  process.removeAllListeners('SIGINT').on('SIGINT', () => undefined);
  const child = spawn(process.execPath, [program, ...words], {env: call.env, stdio: 'inherit'});
  const forward = () => void child.kill('SIGTERM');
  process.once('SIGTERM', forward);
  const [code] = (await once(child, 'exit')) as [number | null];
  process.off('SIGTERM', forward);
  return exit(code ?? 1);
}
