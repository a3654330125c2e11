import type {Command} from './command.ts';
import {artifacts} from './commands/artifacts.ts';
import {attach} from './commands/attach.ts';
import {cancel} from './commands/cancel.ts';
import {config} from './commands/config.ts';
import {doctor} from './commands/doctor.ts';
import {metrics} from './commands/metrics.ts';
import {prune} from './commands/prune.ts';
import {status} from './commands/status.ts';
import {stop} from './commands/stop.ts';

/** Every command, in the order of --help. */
export const commands: readonly Command[] = [
  ...[status, attach, artifacts, cancel, stop],
  ...[prune, metrics, config, doctor],
];
