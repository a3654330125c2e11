import type {Command} from './command.ts';
import {artifacts} from './commands/artifacts.ts';
import {attach} from './commands/attach.ts';
import {cancel} from './commands/cancel.ts';
import {completion} from './commands/completion.ts';
import {config} from './commands/config.ts';
import {demo} from './commands/demo.ts';
import {doctor} from './commands/doctor.ts';
import {events} from './commands/events.ts';
import {logs} from './commands/logs.ts';
import {manifest} from './commands/manifest.ts';
import {metrics} from './commands/metrics.ts';
import {prune} from './commands/prune.ts';
import {status} from './commands/status.ts';
import {stop} from './commands/stop.ts';

/** Every command, in the order of --help. */
export const commands: readonly Command[] = [
  ...[status, logs, attach, cancel, stop, artifacts],
  ...[events, prune, metrics],
  ...[manifest, config, doctor, completion, demo],
];
