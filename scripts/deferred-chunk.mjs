import {resolve} from 'node:path';
import {gzipSync} from 'node:zlib';
import {build} from 'esbuild';

/**
 * An esbuild plugin: modules that few calls need travel compressed in the one file and are compiled
 * when first imported. V8 looks through every function of a script before it runs the first one,
 * and gc starts a process for every call (docs/adr/0003-one-file-lean-start.md).
 *
 * `deferred` are modules of ours and packages; what they import comes along, but for the modules in
 * `shared` (absolute paths): of those there is one instance, the outer bundle's.
 */
export function deferredChunks({deferred, shared, options}) {
  const isDeferred = specifier => deferred.find(({filter}) => filter.test(specifier));
  return {
    name: 'deferred-chunks',
    setup({onResolve, onLoad}) {
      onResolve({filter: /.*/}, ({path, kind, resolveDir}) => {
        const chunk = isDeferred(path);
        if (!chunk || (chunk.dynamicOnly && kind !== 'dynamic-import')) return undefined;
        return {
          path: path.startsWith('.') ? resolve(resolveDir, path) : path,
          namespace: 'deferred',
        };
      });
      onLoad({filter: /.*/, namespace: 'deferred'}, async ({path}) => {
        const used = new Set();
        const text = await chunkText(path, {shared, used, options});
        const modules = [...used];
        return {
          contents: [
            ...modules.map(
              (module, at) => `import * as shared${at} from ${JSON.stringify(module)};`,
            ),
            `const shared = {${modules.map((module, at) => `${JSON.stringify(module)}: shared${at}`).join(', ')}};`,
            `const text = require('node:zlib').gunzipSync(Buffer.from(${JSON.stringify(gzipSync(text, {level: 9}).toString('base64'))}, 'base64')).toString();`,
            'const inner = {exports: {}};',
            "new Function('module', 'exports', 'require', text)(inner, inner.exports, name => shared[name] ?? require(name));",
            'module.exports = inner.exports;',
          ].join('\n'),
          resolveDir: '.',
        };
      });
    },
  };
}

async function chunkText(path, {shared, used, options}) {
  const {outputFiles} = await build({
    ...options,
    stdin: {contents: `export * from ${JSON.stringify(path)}`, resolveDir: '.'},
    format: 'cjs',
    bundle: true,
    write: false,
    plugins: [...options.plugins, sharedModules(shared, used)],
  });
  return outputFiles[0].text;
}

/** Leaves imports of the outer bundle's modules to the outer bundle. */
function sharedModules(shared, used) {
  return {
    name: 'shared-modules',
    setup({onResolve}) {
      onResolve({filter: /^\.\.?\//}, ({path, resolveDir}) => {
        const module = resolve(resolveDir, path);
        // A text has no state to share, and its namespace object would be taken for the text.
        if (!shared.has(module) || module.endsWith('.sh')) return undefined;
        used.add(module);
        return {path: module, external: true};
      });
    },
  };
}
