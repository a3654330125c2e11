import {readFileSync} from 'node:fs';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {temporaryDirectory, write} from '../../kit/temporary-directory.ts';
import {openPlayground, type Playground} from '../kit/playground.ts';

interface Row {
  readonly path: string;
  readonly owner: string;
  readonly mode: string;
}

/** The rows of docs/workspace.md that say a mode, of paths that every pod has. */
function documented(): Row[] {
  const rows = readFileSync('docs/workspace.md', 'utf8').matchAll(
    /^\| `([^`<]+)` +\| (\w+) +\| (\d+) +\|/gm,
  );
  return [...rows].map(([, path = '', owner = '', mode = '']) => ({path, owner, mode}));
}

describe('an agent’s pod', () => {
  let ground: Playground;
  beforeAll(async () => void (ground = await openPlayground('runlife-workspace')));
  afterAll(() => ground.close());

  it('has every path of docs/workspace.md, its owner and mode, and the skills of an overlay', async () => {
    const overlay = temporaryDirectory();
    const skill = '.claude/skills/review/SKILL.md';
    write(overlay, {[skill]: 'Look twice.\n'});
    const payload = {command: 'echo up; exec cat', overlay_dir: overlay};
    await ground.start('shown', {
      ...payload,
      command: 'echo was here; exit 1',
      lifecycle: 'one_shot',
    });
    await ground.start('shown', payload);
    const rows = documented();
    expect(rows.length).toBeGreaterThan(14);
    const paths = rows.map(({path}) => path).join(' ');
    const {stdout: seen} = await ground.shell(
      'shown',
      `. /run/gc/env; id -un; stat -c '%a %U' ${paths}`,
    );
    const [user = '', ...lines] = seen.split('\n');
    const names: Record<string, string> = {agent: user, node: 'root', root: 'root'};
    expect(rows.map(({path}, at) => `${path} ${lines[at] ?? ''}`)).toEqual(
      rows.map(({path, owner, mode}) => `${path} ${mode} ${names[owner] ?? ''}`),
    );
    const {stdout} = await ground.shell('shown', `cat /workspace/${skill}`);
    expect(stdout).toBe('Look twice.\n');
    const session = await ground.shell('shown', 'cat /run/gc/context/session.json');
    expect(JSON.parse(session.stdout)).toMatchObject({
      sources: [{source: overlay, target: '/workspace'}],
    });
  });
});
