import {execFileSync} from 'node:child_process';
import {createHash} from 'node:crypto';
import {cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';

/** What an agent's pod calls, and a way to ask the DNS. */
const PROGRAMS =
  'awk base64 bash basename cat chmod cp cut date dirname env find getent grep head hostname id kill ln ls mkdir mkfifo mktemp mv od ps readlink rm rmdir sed setsid sh sha256sum sleep sort stat tail tar tee test tmux touch tr tty uname wc';

/** Terminals and a locale, for tmux. */
const DATA = ['/lib/terminfo', '/usr/share/terminfo', '/usr/lib/locale/C.utf8'];

/** Files and the libraries they load, as this machine has them. */
function programsAndLibraries(): string[] {
  const paths = PROGRAMS.split(' ')
    .map(name => ['/usr/bin', '/bin'].map(at => join(at, name)).find(existsSync))
    .filter(path => path !== undefined);
  const loaded = execFileSync('ldd', paths, {encoding: 'utf8'});
  const libraries = [...loaded.matchAll(/(?:=> |^\t)(\/\S+) \(0x/gm)].map(([, path]) => path ?? '');
  return [...new Set([...paths, ...libraries])];
}

/**
 * Writes an archive, as docker save does, of an agent image made of this machine's own programs: no
 * registry and no engine is needed for it.
 */
export function writeOwnImage(name: string, directory: string): string {
  const root = join(directory, 'root');
  for (const part of ['bin', 'sbin', 'lib', 'lib64']) {
    mkdirSync(join(root, 'usr', part), {recursive: true});
    symlinkSync(`usr/${part}`, join(root, part));
  }
  for (const path of [...programsAndLibraries(), ...DATA.filter(existsSync)]) {
    mkdirSync(dirname(join(root, path)), {recursive: true});
    cpSync(path, join(root, path), {recursive: true, dereference: true});
  }
  for (const part of ['tmp', 'etc', 'root', 'workspace']) mkdirSync(join(root, part));
  writeFileSync(join(root, 'etc/passwd'), 'root:x:0:0:root:/root:/bin/bash\n');
  execFileSync('tar', ['-C', root, '-cf', join(directory, 'layer.tar'), '.']);
  const layer = createHash('sha256').update(readFileSync(join(directory, 'layer.tar')));
  const config = {
    architecture: process.arch === 'x64' ? 'amd64' : process.arch,
    os: 'linux',
    config: {Env: ['PATH=/usr/bin:/bin']},
    rootfs: {type: 'layers', diff_ids: [`sha256:${layer.digest('hex')}`]},
  };
  const manifest = [{Config: 'config.json', RepoTags: [name], Layers: ['layer.tar']}];
  writeFileSync(join(directory, 'config.json'), JSON.stringify(config));
  writeFileSync(join(directory, 'manifest.json'), JSON.stringify(manifest));
  const archive = join(directory, 'image.tar');
  execFileSync('tar', [
    ...['-C', directory, '-cf', archive],
    ...['manifest.json', 'config.json', 'layer.tar'],
  ]);
  return archive;
}
