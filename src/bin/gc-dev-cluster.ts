import {main} from '../../dev-cluster/cli/main.ts';
import {VERSION} from '../version.ts';

void main(process.argv.slice(2), VERSION).then(code => {
  process.exitCode = code;
});
