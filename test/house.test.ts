import {existsSync, readdirSync, readFileSync} from 'node:fs';
import {dirname, join, relative} from 'node:path';
import {describe, expect, it} from 'vitest';
import {operations} from '../src/session/operations.ts';

/** The storeys, top first; a room may import from its own and from lower ones. */
const STOREYS = [
  ['bin'],
  ['people'],
  ['session', 'events'],
  ['run'],
  ['tmux'],
  ['pod'],
  ['kube'],
  ['cli'],
  ['config', 'directory', 'json-log', 'log', 'time'],
  ['errors', 'version', 'shell.d'],
];

/** Who else may know client-node, for its types. */
const CLIENT_NODE = /^(kube\/|pod\/manifest(\.ts$|\/)|session\/start\/context\.ts$)/;

const FILES = readdirSync('src', {recursive: true, withFileTypes: true})
  .filter(entry => entry.isFile())
  .map(entry => relative('src', join(entry.parentPath, entry.name)))
  .toSorted();
const SOURCES = FILES.filter(file => file.endsWith('.ts'));
const FOLDERS = [...new Set(FILES.map(file => dirname(file)))].filter(folder => folder !== '.');

const read = (file: string) => readFileSync(join('src', file), 'utf8');
const roomOf = (file: string) => file.replace(/\.ts$/, '').split('/')[0] ?? '';
const storeyOf = (file: string) => STOREYS.findIndex(rooms => rooms.includes(roomOf(file)));

interface Import {
  readonly from: string;
  readonly isTypeOnly: boolean;
}

/** What a file imports: `import … from`, `export … from`, `import('…')` and `import '…'`. */
function importsOf(file: string): Import[] {
  const pattern =
    /^(?:import|export)\s+(type\s)?[^'"();]*?\sfrom\s+'([^']+)'|\bimport\(\s*'([^']+)'|^import\s+'([^']+)'/gm;
  return [...read(file).matchAll(pattern)].map(([, type, from, dynamic, bare]) => ({
    from: from ?? dynamic ?? bare ?? '',
    isTypeOnly: type !== undefined,
  }));
}

/** Imports of files of our own, as paths below src/. */
const ownImports = (file: string) =>
  importsOf(file).flatMap(({from}) => (from.startsWith('.') ? [join(dirname(file), from)] : []));

describe('every source', () => {
  it.each(SOURCES)('%s lives in a known room and imports downwards only', file => {
    expect(storeyOf(file), 'a room that the house does not have').toBeGreaterThanOrEqual(0);
    for (const imported of ownImports(file)) {
      // The embedded cluster stands on its own; its door alone knows it.
      if (file === 'bin/gc-dev-cluster.ts' && /^\.\.\/(dev-cluster|demo)\//.test(imported))
        continue;
      expect(storeyOf(imported), imported).toBeGreaterThanOrEqual(storeyOf(file));
      expect(existsSync(join('src', imported)), imported).toBe(true);
    }
  });

  it.each(SOURCES)('%s keeps client-node in its place, as types', file => {
    const clientNode = importsOf(file).filter(({from}) => from.includes('client-node'));
    if (!CLIENT_NODE.test(file)) expect(clientNode).toEqual([]);
    expect(clientNode.filter(({isTypeOnly}) => !isTypeOnly)).toEqual([]);
  });

  it.each(SOURCES)('%s has no default export, re-exports nothing, and is not too long', file => {
    const text = read(file);
    expect(text.split('\n').length).toBeLessThanOrEqual(251);
    if (file.endsWith('.d.ts')) return;
    expect(text).not.toMatch(/^export default/m);
    expect(text).not.toMatch(/^export\s+(type\s)?(\*|\{[^}]*\}\s*from)/m);
  });

  it.each(SOURCES.filter(file => roomOf(file) !== 'cli'))('%s leaves the process to cli/', file => {
    const code = read(file).replaceAll(/^\s*(\/?\*|\/\/).*$/gm, '');
    expect(code).not.toMatch(/\bprocess\s*\.\s*(exit|stdout|stderr)\b|\bconsole\./);
  });
});

it('cli stands on the base alone, and what knows Kubernetes does not stand on cli', () => {
  for (const file of SOURCES.filter(source => ['pod', 'tmux', 'kube'].includes(roomOf(source)))) {
    expect(ownImports(file).map(roomOf)).not.toContain('cli');
  }
  const base = STOREYS.slice(4).flat();
  for (const file of SOURCES.filter(source => roomOf(source) === 'cli')) {
    for (const imported of ownImports(file)) expect(base).toContain(roomOf(imported));
  }
});

it('each operation of a session has its file, each file its operation', () => {
  const files = readdirSync('src/session/ops').map(file => file.replace(/\.ts$/, ''));
  expect(files.toSorted()).toEqual(Object.keys(operations).toSorted());
  const loads = [...read('session/operations.ts').matchAll(/import\('\.\/ops\/([a-z-]+)\.ts'\)/g)];
  expect(loads.map(([, name]) => name).toSorted()).toEqual(files.toSorted());
});

it('each operation’s row loads the file of its name', async () => {
  const {operation} = await operations.protocol.load();
  expect(operation).toBe((await import('../src/session/ops/protocol.ts')).operation);
  const rows = read('session/operations.ts')
    .split(/\n {2}(?='?[a-z-]+'?: )/)
    .slice(1);
  for (const row of rows) {
    const name = /^'?([a-z-]+)'?:/.exec(row)?.[1] ?? '';
    expect(row).toContain(`import('./ops/${name}.ts')`);
  }
});

it('the demo is known to a door alone, and keeps the rules of the house', () => {
  const files = (room: string) =>
    readdirSync(room, {recursive: true, encoding: 'utf8'})
      .filter(file => file.endsWith('.ts'))
      .map(file => join(room, file));
  const importing = [...files('src'), ...files('dev-cluster')].filter(file =>
    /(from|import\()\s*'(\.\.\/)+demo\//.test(readFileSync(file, 'utf8')),
  );
  expect(importing).toEqual(['src/bin/gc-dev-cluster.ts']);
  for (const file of files('demo')) {
    const text = readFileSync(file, 'utf8');
    expect(text.split('\n').length, file).toBeLessThanOrEqual(251);
    expect(text, file).not.toMatch(/^export (default|\*|\{)/m);
    expect(text, file).not.toMatch(/from '[./]*src\/(bin|cli|people|session|events)\//);
  }
});

it('no file is reached again from what it imports', () => {
  const seen = new Set<string>();
  const follow = (file: string, way: readonly string[]): void => {
    expect(way, [...way, file].join(' -> ')).not.toContain(file);
    if (seen.has(file)) return;
    for (const imported of ownImports(file)) {
      if (imported.endsWith('.ts') && SOURCES.includes(imported)) follow(imported, [...way, file]);
    }
    seen.add(file);
  };
  for (const file of SOURCES) follow(file, []);
});

it('every script is used', () => {
  const imported = new Set(SOURCES.flatMap(ownImports));
  expect(FILES.filter(file => file.endsWith('.sh') && !imported.has(file))).toEqual([]);
});

it('ARCHITECTURE.md shows every folder of src/', () => {
  const shown = readFileSync('ARCHITECTURE.md', 'utf8');
  for (const folder of FOLDERS) expect(shown).toContain(`${folder.split('/').at(-1) ?? ''}/`);
});

describe('a helper of the tests', () => {
  const helpers = readdirSync('test', {recursive: true, encoding: 'utf8'})
    .filter(file => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .map(file => join('test', file));

  it.each(helpers)('%s registers hooks for the file that calls it only', file => {
    // Files of a worker share their modules: what one does when it is loaded happens in one file.
    expect(readFileSync(file, 'utf8')).not.toMatch(/^(before|after)(Each|All)\(/m);
  });
});
