// Builds each executable into one self-contained file in dist/.
import {chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {oneFile} from './one-file.mjs';
import {shellText} from './shell-text.mjs';

/** Executables that gc calls hundreds of times per tick cache V8's compiled code; the others do not. */
const EXECUTABLES = {
  'gc-session-k8s': {keepsCode: true},
  'gc-events-k8s': {keepsCode: true},
  'gc-events-prune': {keepsCode: false},
  'gc-dev-cluster': {keepsCode: false},
  'gc-k8s': {keepsCode: false},
};

const {version} = JSON.parse(readFileSync('package.json', 'utf8'));

const shellScripts = {
  name: 'shell-scripts',
  setup({onLoad}) {
    onLoad({filter: /\.sh$/}, ({path}) => ({
      contents: shellText(readFileSync(path, 'utf8')),
      loader: 'text',
    }));
  },
};

rmSync('dist', {recursive: true, force: true});
mkdirSync('dist');
for (const [name, facts] of Object.entries(EXECUTABLES)) {
  const text = await oneFile(`src/bin/${name}.ts`, facts, {
    platform: 'node',
    target: 'node20',
    define: {GC_VERSION: JSON.stringify(version)},
    plugins: [shellScripts],
    logLevel: 'warning',
  });
  writeFileSync(`dist/${name}`, text);
  chmodSync(`dist/${name}`, 0o755);
}
