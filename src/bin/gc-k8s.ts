import {runParsed} from '../cli/run-parsed.ts';
import {parse} from '../people/parse.ts';

void runParsed('gc-k8s', parse);
