import {basename} from 'node:path';
import {brotliCompressSync} from 'node:zlib';
import {build, transform} from 'esbuild';

/** Shorter parts are read faster than unpacked: in bytes of minified code. */
const COMPRESS_FROM = 24 * 1024;

/**
 * Bundles a program into the text of one CommonJS file. What is behind an `import()` travels as a
 * string, compressed if it is long, and is compiled when it is first imported: V8 looks through every
 * function of a script before it runs the first one, and gc starts a process for every call
 * (docs/adr/0003-one-file-lean-start.md). esbuild's splitting makes the parts, so that every module
 * is there once, and `import()` in the source is all that says where the seams are.
 */
export async function oneFile(entryPoint, options) {
  const {entry, parts} = await split(entryPoint, options);
  const atOnce = reachedAtOnce(entry, parts);
  const lines = [...parts].map(([name, {code}]) =>
    atOnce.has(name)
      ? `${JSON.stringify(name)}:(function(require,module,exports){${code}\n})`
      : `${JSON.stringify(name)}:${packed(code)}`,
  );
  return [
    '#!/usr/bin/env node',
    // Node takes a file without an ending for an ES module where a package.json above it says
    // "type": "module", and such a module has no require.
    '"use strict";((require)=>{const modules={},parts={',
    `${lines.join(',\n')}};`,
    RUNTIME,
    `load(${JSON.stringify(entry)});`,
    '})(typeof require==="function"?require:id=>process.getBuiltinModule(id));\n',
  ].join('\n');
}

/** A part is run once, when first required; the parentheses make V8 compile it in one go. */
const RUNTIME = [
  'const load=name=>{',
  'if(!Object.hasOwn(parts,name))return require(name);',
  'const known=modules[name];if(known)return known.exports;',
  'const module=modules[name]={exports:{}};let part=parts[name];',
  'if(typeof part==="object")part=require("node:zlib").brotliDecompressSync(Buffer.from(part.br,"base64")).toString();',
  'if(typeof part==="string")part=(0,eval)(`(function(require,module,exports){${part}\\n})`);',
  'part(load,module,module.exports);return module.exports};',
].join('');

/** The parts by their names, each as CommonJS. */
async function split(entryPoint, options) {
  const {outputFiles, metafile} = await build({
    ...options,
    entryPoints: [entryPoint],
    outdir: 'dist',
    bundle: true,
    splitting: true,
    format: 'esm',
    metafile: true,
    write: false,
    chunkNames: '[name]-[hash]',
  });
  const outputs = new Map(
    Object.entries(metafile.outputs).map(([path, output]) => [basename(path), output]),
  );
  const parts = new Map();
  for (const {path, text} of outputFiles) {
    const {code} = await transform(text, {
      format: 'cjs',
      platform: 'node',
      target: 'node20',
      minify: true,
      legalComments: 'none',
      supported: {'dynamic-import': false},
    });
    parts.set(`./${basename(path)}`, {code, imports: outputs.get(basename(path)).imports});
  }
  const isEntry = ([, output]) => output.entryPoint === entryPoint;
  const [[entry]] = [...outputs].filter(isEntry);
  return {entry: `./${entry}`, parts};
}

function reachedAtOnce(entry, parts, reached = new Set()) {
  if (reached.has(entry)) return reached;
  reached.add(entry);
  for (const {path, kind} of parts.get(entry)?.imports ?? []) {
    if (kind === 'import-statement') reachedAtOnce(`./${basename(path)}`, parts, reached);
  }
  return reached;
}

function packed(code) {
  if (code.length < COMPRESS_FROM) return JSON.stringify(code);
  return `{br:${JSON.stringify(brotliCompressSync(code).toString('base64'))}}`;
}
