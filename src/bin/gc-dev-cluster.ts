import {main} from '../../dev-cluster/cli/main.ts';
import {VERSION} from '../version.ts';

const args = process.argv.slice(2);

void run().then(code => {
  process.exitCode = code;
});

async function run(): Promise<number> {
  if (args[0] !== 'demo') return main(args, VERSION);
  const {runDemo} = await import('../../demo/run-demo.ts');
  return runDemo(args.slice(1));
}
