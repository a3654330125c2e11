import {existsSync, readdirSync} from 'node:fs';
import {join} from 'node:path';
import {afterEach, beforeEach, expect, it, vi} from 'vitest';
import {StateDirectory} from '../../../dev-cluster/sandbox/state-directory.ts';
import {temporaryDirectory} from '../../kit/temporary-directory.ts';

let temporary: string;

beforeEach(() => {
  temporary = temporaryDirectory();
  vi.stubEnv('TMPDIR', temporary);
});

afterEach(() => void vi.unstubAllEnvs());

it('leaves nothing in the system’s temporary directory once the last server has ended', async () => {
  const one = await StateDirectory.open();
  const other = await StateDirectory.open();
  one.directory('pod', 'volume');
  one.remove();
  expect(existsSync(other.path)).toBe(true);
  other.remove();
  expect(readdirSync(temporary)).toEqual([]);
});

it('leaves a directory that it was given', async () => {
  const given = join(temporary, 'state');
  const own = await StateDirectory.open(given);
  own.remove();
  expect(readdirSync(given)).toEqual([]);
});
