// The beginning of a built executable. Its parts follow in a comment of the same file, which V8 skips; the
// parts that a call needs are compiled here, or taken from V8's code cache of an earlier call of the same
// operation (docs/adr/0014-compiled-code-is-kept.md).
/* global BUILD, boot */

// A file without an ending is an ES module where a package.json above it says so, without a require.
const requireBuiltin = typeof require === 'function' ? require : id => process.getBuiltinModule(id);
const fs = requireBuiltin('node:fs');
const {dirname} = requireBuiltin('node:path');
const {Script} = requireBuiltin('node:vm');

const executable = process.argv[1];
// The function that contains this file: its text, with the comment, is already in memory.
const text = boot.toString();
const partsAt = text.length - BUILD.length - '*/}'.length;

/** The text of packed parts, by name: as unpacked in this call, or from the cache. */
const unpacked = {};

function unpack(part) {
  const {brotliDecompressSync} = requireBuiltin('node:zlib');
  return brotliDecompressSync(Buffer.from(part, 'base64')).toString('latin1');
}

function factoryText(name) {
  const {from, to, isPacked} = BUILD.parts[name];
  const part = text.slice(partsAt + from, partsAt + to);
  const code = isPacked ? (unpacked[name] ??= unpack(part)) : part.replaceAll('*\u0001/', '*/');
  // The parentheses make V8 compile it eagerly: it is run at once.
  return `(function(require,module,exports){"use strict";${code}\n})`;
}

const modules = {};
let factories = {};

function load(name) {
  if (!Object.hasOwn(BUILD.parts, name)) return requireBuiltin(name);
  const known = modules[name];
  if (known) return known.exports;
  const module = (modules[name] = {exports: {}});
  const factory =
    factories[name] ?? new Script(factoryText(name), {filename: executable}).runInThisContext();
  factory(load, module, module.exports);
  return module.exports;
}

/** Where compiled code is cached, by program, operation, Node and build; undefined when it is disabled. */
function cachePlace() {
  const {GC_EXEC_STATE_DIR, XDG_CACHE_HOME, HOME, NODE_DISABLE_COMPILE_CACHE} = process.env;
  const root = GC_EXEC_STATE_DIR || XDG_CACHE_HOME || (HOME && `${HOME}/.cache`);
  const operation = process.argv[2] ?? '';
  if (!root || NODE_DISABLE_COMPILE_CACHE === '1' || !/^[a-z][a-z-]{2,30}$/.test(operation))
    return undefined;
  const prefix = `${BUILD.program}.${operation}.${process.version}-${process.arch}.`;
  return {directory: `${root}/gc-k8s/code`, prefix, name: prefix + BUILD.hash};
}

/**
 * The parts that an earlier call used, the text of the packed ones (unpacking takes longer than all the
 * rest of this file) and, from the second call on, their compiled code. Only a file that no other user can
 * have written is used; any other is treated as missing.
 */
function kept({directory, name}) {
  let file;
  try {
    // Another user's FIFO must not block us.
    const {O_RDONLY, O_NOFOLLOW, O_NONBLOCK} = fs.constants;
    file = fs.openSync(`${directory}/${name}`, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    const stat = fs.fstatSync(file);
    if (!stat.isFile() || stat.uid !== process.getuid?.() || (stat.mode & 0o022) !== 0)
      return undefined;
    const bytes = fs.readFileSync(file);
    let at = bytes.indexOf('\n') + 1;
    // Each part's name and, behind a packed one's, the length of its text.
    const parts = bytes
      .latin1Slice(0, Math.max(0, at - 1))
      .split(' ')
      .map(part => part.split('='));
    if (!parts.every(([part]) => Object.hasOwn(BUILD.parts, part))) return undefined;
    for (const [part, length] of parts) {
      // Raises where the file ends too early.
      if (length) unpacked[part] = bytes.latin1Slice(at, (at += Number(length)));
    }
    return {
      names: parts.map(([part]) => part),
      data: at < bytes.length ? bytes.subarray(at) : undefined,
    };
  } catch {
    return undefined;
  } finally {
    if (file !== undefined) fs.closeSync(file);
  }
}

/** Not by `recursive`, with which Node tries for ever where there can be no directory, as below /proc. */
function make(directory) {
  if (fs.existsSync(directory)) return;
  make(dirname(directory));
  fs.mkdirSync(directory, {mode: 0o700});
}

/** Writes the cache; a failure only costs time. */
function keep({directory, prefix, name}, names, data) {
  const draft = `${directory}/${name}.${process.pid}`;
  try {
    make(directory);
    // Fails when the directory belongs to another user.
    fs.chmodSync(directory, 0o700);
    const texts = names.map(part => (BUILD.parts[part].isPacked ? unpacked[part] : ''));
    const list = names.map((part, i) => (texts[i] ? `${part}=${texts[i].length}` : part));
    const head = Buffer.from(`${list.join(' ')}\n${texts.join('')}`, 'latin1');
    const bytes = Buffer.concat([head, data]);
    // Flushed: V8 does not detect a gap left by a power failure.
    fs.writeFileSync(draft, bytes, {mode: 0o600, flag: 'wx', flush: true});
    fs.renameSync(draft, `${directory}/${name}`);
    for (const other of fs.readdirSync(directory)) {
      if (other.startsWith(prefix) && !other.startsWith(name)) fs.rmSync(`${directory}/${other}`);
    }
  } catch {
    try {
      fs.rmSync(draft, {force: true});
    } catch {
      // The directory does not exist.
    }
  }
}

const place = BUILD.keepsCode ? cachePlace() : undefined;
const {names = [], data} = (place && kept(place)) ?? {};
const script =
  names.length > 0
    ? new Script(`({${names.map(name => `"${name}":${factoryText(name)}`).join(',')}})`, {
        filename: executable,
        cachedData: data,
      })
    : undefined;
if (script) factories = script.runInThisContext();
if (place) {
  process.once('exit', code => {
    if (code !== 0) return;
    // A long part that is rarely needed must not be read by every call.
    const isNew = name =>
      !Object.hasOwn(factories, name) && (names.length === 0 || !BUILD.parts[name].isPacked);
    const more = Object.keys(modules).filter(isNew);
    if (more.length > 0) keep(place, [...names, ...more], Buffer.alloc(0));
    else if (script && (!data || script.cachedDataRejected))
      keep(place, names, script.createCachedData());
  });
}
load(BUILD.entry);
