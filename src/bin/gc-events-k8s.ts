import {run} from '../cli/run.ts';
import {operations} from '../events/operations.ts';
import {VERSION} from '../version.ts';

void run({name: 'gc-events-k8s', version: VERSION, operations});
