import {run} from '../cli/run.ts';
import {operations} from '../session/operations.ts';
import {VERSION} from '../version.ts';

void run({name: 'gc-session-k8s', version: VERSION, operations});
