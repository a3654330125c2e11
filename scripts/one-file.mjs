import {createHash} from 'node:crypto';
import {readFileSync} from 'node:fs';
import {basename} from 'node:path';
import {brotliCompressSync} from 'node:zlib';
import {build as bundle, transform} from 'esbuild';

/** In bytes of minified code: reading a shorter part is faster than decompressing it. */
const COMPRESS_FROM = 24 * 1024;

const BOOT = readFileSync(new URL('one-file-boot.cjs', import.meta.url), 'utf8');

/**
 * Bundles a program into the text of one CommonJS file: one-file-boot.cjs, then the parts that esbuild
 * splits it into at each `import()`, in a comment. V8 looks through every function of a script before
 * it runs the first one, and gc starts a process for every call: so only the parts that a call needs
 * become scripts (docs/adr/0003-one-file-lean-start.md, 0014-compiled-code-is-kept.md). Every module
 * is there once, and `import()` in the source is all that says where the seams are.
 */
export async function oneFile(entryPoint, {keepsCode}, options) {
  const {entry, parts} = await split(entryPoint, options);
  const atOnce = reachedAtOnce(entry, parts);
  const table = {};
  let comment = '';
  for (const [name, {code}] of parts) {
    const isPacked = code.length >= COMPRESS_FROM && !atOnce.has(name);
    const text = isPacked ? packed(code) : inComment(code);
    table[name] = {from: comment.length, to: comment.length + text.length, isPacked};
    comment += text;
  }
  // Of the boot code too: it decides what a file of the cache looks like.
  const hash = createHash('sha256').update(BOOT).update(comment).digest('hex').slice(0, 16);
  const program = basename(entryPoint, '.ts');
  const build = {program, hash, entry, parts: table, length: comment.length, keepsCode};
  return `#!/usr/bin/env node\n(function boot(){${await bootCode(build)}\n/*${comment}*/})();\n`;
}

async function bootCode(build) {
  const define = {BUILD: JSON.stringify(build)};
  const {code} = await transform(BOOT, {target: 'node20', minify: true, define});
  return code.trim();
}

/** The parts are read byte by byte, so they must be ASCII. esbuild does not escape regular expressions. */
function inAscii(code) {
  const escaped = unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return code.replaceAll(/[\u0080-\uffff]/g, escaped);
}

/** Escapes what would end the comment; one-file-boot.cjs reverses that. */
function inComment(text) {
  return text.replaceAll('*/', '*\u0001/');
}

function packed(code) {
  return brotliCompressSync(code).toString('base64');
}

/** The parts by name, each as CommonJS. */
async function split(entryPoint, options) {
  const {outputFiles, metafile} = await bundle({
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
    const {imports} = outputs.get(basename(path));
    const {code} = await transform(commonJs(text, imports), {
      format: 'cjs',
      platform: 'node',
      target: 'node20',
      minify: true,
      legalComments: 'none',
    });
    parts.set(`./${basename(path)}`, {code: inAscii(code.trim()), imports});
  }
  const isEntry = ([, output]) => output.entryPoint === entryPoint;
  const [[entry]] = [...outputs].filter(isEntry);
  return {entry: `./${entry}`, parts};
}

/**
 * One of esbuild's ES modules as CommonJS, without the getters and copies by which esbuild's own CommonJS
 * follows exported variables that change: each call would define and call them. Raises an error when there
 * is such a variable, or when an import that esbuild reports was not found in the text.
 */
function commonJs(text, imports) {
  const found = {'import-statement': new Set(), 'dynamic-import': new Set()};
  const required = (kind, path) => {
    found[kind].add(basename(path));
    return `require(${JSON.stringify(path)})`;
  };
  const code = text
    .replaceAll(IMPORT, (_, whole, list, path) => {
      const from = required('import-statement', path);
      const names = [whole, list?.replaceAll(RENAMED, '$1: $2')].filter(Boolean);
      return names.length > 0
        ? `var ${names.map(name => `${name} = ${from}`).join()};`
        : `${from};`;
    })
    .replaceAll(IMPORT_CALL, (_, path) => {
      return `Promise.resolve().then(() => ${required('dynamic-import', path)})`;
    })
    .replace(EXPORT, (_, list) => {
      for (const [, name] of list.matchAll(/([\w$]+)(?: as [\w$]+)?,?\s/g))
        checkConstant(name, text);
      return `module.exports = {${list.replaceAll(RENAMED, '$2: $1')}};`;
    });
  for (const {kind, path} of imports) {
    if (found[kind]?.has(basename(path)) === false) throw new Error(`${kind} of ${path} not found`);
  }
  return code;
}

// As esbuild prints them: each at the beginning of a line, the export last.
const IMPORT = /^import (?:(?:\* as )?([\w$]+)(?:, )?)?(\{[^}]*\})?(?: from )?"([^"]+)";$/gm;
const IMPORT_CALL = /\bimport\("([^"]+)"\)/g;
const EXPORT = /^export \{([^}]*)\};\s*$/m;
const RENAMED = /([\w$]+) as ([\w$]+)/g;

function checkConstant(name, text) {
  const quoted = name.replaceAll('$', '\\$');
  const assignments = new RegExp(`(?<![\\w$.])${quoted}\\s*(=(?![=>])|\\+\\+|--|[-+*/|&?]+=)`, 'g');
  if ([...text.matchAll(assignments)].length > 1) {
    throw new Error(`${name} is exported and changes: export a function that returns it`);
  }
}

/** The parts that every call runs: those the entry imports statically. */
function reachedAtOnce(entry, parts, reached = new Set()) {
  if (reached.has(entry)) return reached;
  reached.add(entry);
  for (const {path, kind} of parts.get(entry)?.imports ?? []) {
    if (kind === 'import-statement') reachedAtOnce(`./${basename(path)}`, parts, reached);
  }
  return reached;
}
