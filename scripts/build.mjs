// Builds each executable into one self-contained file in dist/.
import {chmodSync, mkdirSync, readFileSync, rmSync} from 'node:fs';
import {resolve} from 'node:path';
import {build} from 'esbuild';
import {deferredChunks} from './deferred-chunk.mjs';
import {shellText} from './shell-text.mjs';

const EXECUTABLES = [
  'gc-session-k8s',
  'gc-events-k8s',
  'gc-events-prune',
  'gc-dev-cluster',
  'gc-k8s',
];

/** Needed by few calls, or by calls that take long anyway. */
const DEFERRED = [
  {filter: /^(execa|js-yaml|pino|tar-stream)$/},
  {filter: /^(@bomb\.sh\/tab|log-update|prom-client|yocto-spinner)(\/|$)/},
  {
    filter: /\/(run-start|copy|transcripts|attach|unpack|credential-plugin|proxy-tunnel)\.ts$/,
    dynamicOnly: true,
  },
];

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

const options = {
  platform: 'node',
  target: 'node20',
  minify: true,
  legalComments: 'none',
  define: {GC_VERSION: JSON.stringify(version)},
  plugins: [shellScripts],
  logLevel: 'warning',
};

rmSync('dist', {recursive: true, force: true});
mkdirSync('dist');
for (const name of EXECUTABLES) {
  const entryPoints = [`src/bin/${name}.ts`];
  await build({
    ...options,
    entryPoints,
    outfile: `dist/${name}`,
    bundle: true,
    // One CommonJS file: rooms imported with import() stay unevaluated until they are needed.
    format: 'cjs',
    // Node takes a file without an ending for an ES module where a package.json above it says
    // "type": "module", and such a module has no require.
    banner: {js: '#!/usr/bin/env node\n"use strict";(function(require){'},
    footer: {
      js: '})(typeof require==="function"?require:id=>process.getBuiltinModule(id));',
    },
    plugins: [
      deferredChunks({deferred: DEFERRED, shared: await undeferred(entryPoints), options}),
      shellScripts,
    ],
  });
  chmodSync(`dist/${name}`, 0o755);
}

/** Every module that is reached without passing a deferred one. */
async function undeferred(entryPoints) {
  const leaveOut = {
    name: 'leave-out',
    setup({onResolve}) {
      onResolve({filter: /.*/}, ({path, kind}) =>
        DEFERRED.some(
          ({filter, dynamicOnly}) =>
            filter.test(path) && (!dynamicOnly || kind === 'dynamic-import'),
        )
          ? {path, external: true}
          : undefined,
      );
    },
  };
  const {metafile} = await build({
    ...options,
    entryPoints,
    bundle: true,
    metafile: true,
    write: false,
    plugins: [leaveOut, shellScripts],
  });
  return new Set(Object.keys(metafile.inputs).map(path => resolve(path)));
}
