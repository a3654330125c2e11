// Builds each executable into one self-contained file in dist/.
import {chmodSync, mkdirSync, readFileSync, rmSync} from 'node:fs';
import {build} from 'esbuild';
import {shellText} from './shell-text.mjs';

const EXECUTABLES = ['gc-session-k8s', 'gc-events-k8s'];
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
for (const name of EXECUTABLES) {
  await build({
    entryPoints: [`src/bin/${name}.ts`],
    outfile: `dist/${name}`,
    bundle: true,
    platform: 'node',
    target: 'node20',
    // One CommonJS file: rooms imported with import() stay unevaluated until they are needed.
    format: 'cjs',
    minify: true,
    legalComments: 'none',
    // Node takes a file without an ending for an ES module where a package.json above it says
    // "type": "module", and such a module has no require.
    banner: {js: '#!/usr/bin/env node\n"use strict";(function(require){'},
    footer: {
      js: '})(typeof require==="function"?require:id=>process.getBuiltinModule(id));',
    },
    define: {GC_VERSION: JSON.stringify(version)},
    plugins: [shellScripts],
    logLevel: 'warning',
  });
  chmodSync(`dist/${name}`, 0o755);
}
