import {mkdirSync, rmdirSync} from 'node:fs';
import {join} from 'node:path';
import {expect, it} from 'vitest';
import {PrivateCache} from '../../src/kube/private-cache.ts';
import {temporaryDirectory} from '../kit/temporary-directory.ts';

it('is written anew although a draft was left behind, by a process with the same id', () => {
  const root = temporaryDirectory();
  const warnings: string[] = [];
  const cache = new PrivateCache(root, 'tls', warning => warnings.push(warning));
  // A directory in the file's place keeps the draft from taking it, as a kill in between does.
  const inTheWay = join(root, 'gc-k8s/tls/server');
  mkdirSync(inTheWay, {recursive: true});
  cache.write('server', 'first');
  expect(warnings).toEqual([expect.stringMatching(/cannot be written \(EISDIR\)/)]);
  rmdirSync(inTheWay);
  cache.write('server', 'second');
  expect(cache.read('server')?.toString()).toBe('second');
  expect(warnings).toHaveLength(1);
});
