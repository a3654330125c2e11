import {readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {DOCKER, machine} from '../local-cluster/machine.ts';

const PAGE = readFileSync('docs/local-cluster.md', 'utf8');

/** A machine where kind works; a file below HOME tells whether the cluster is there. */
function kindMachine() {
  const here = machine({
    tools: {
      docker: DOCKER,
      kubectl: `[ -f "$HOME/made" ] && echo 'gascity Ready control-plane 1m v1.34.0'`,
      kind: `case $1 in
        get) if [ -f "$HOME/made" ]; then echo gascity; fi ;;
        create) : >"$HOME/made" ;;
        delete) rm "$HOME/made" ;;
      esac`,
    },
  });
  writeFileSync(join(here.directory, 'kind.log'), 'too many open files\n');
  return here;
}

describe('docs/local-cluster.md', () => {
  it('has commands that run, in this order', () => {
    const here = kindMachine();
    const commands = [...PAGE.matchAll(/^(?:eval "\$\()?contrib\/local-cluster\/([^#\n)]*)/gm)].map(
      ([, words]) => (words ?? '').trim().split(/ +/),
    );
    expect(commands.length).toBeGreaterThanOrEqual(6);
    // The page removes the cluster before it uses it.
    const inOrder = commands.filter(([name]) => name !== 'down').concat([['down']]);
    for (const [name = '', ...args] of inOrder) {
      const inPlace = args.map(arg => (arg === 'kind.log' ? join(here.directory, arg) : arg));
      const {code, stderr} = here.run(name, inPlace);
      expect({name, args, code, stderr}).toMatchObject({code: 0});
    }
  });

  it.each([
    'k3s is up and running',
    'Reached target .*Multi-User System.*',
    'K8S_DOWNGRADE_UNSUPPORTED',
    'failed to find memory cgroup (v2)',
    'snapd',
    'open /dev/kmsg: no such file or directory',
    'too many open files',
    'not run on a host using cgroup v1',
  ])('leads from "%s" to its cause', symptom => {
    expect(PAGE).toContain(symptom);
  });

  it('names every driver and option', () => {
    const {stdout} = machine().run('up', ['--help']);
    const drivers = /one of: ([a-z0-9 -]+) \(/.exec(stdout)?.[1]?.split(' ') ?? [];
    expect(drivers).toHaveLength(6);
    for (const driver of drivers) expect(PAGE).toContain(`\`${driver}\``);
    for (const option of ['--driver', '--timeout', '--install', '--fix', '--log', '--port']) {
      expect(PAGE).toContain(option);
    }
  });

  it('has the three ways out, as the commands tell them', () => {
    expect(PAGE).toMatch(
      /### A\. The host[\s\S]+### B\. A cluster elsewhere[\s\S]+### C\. Let the/,
    );
    expect(PAGE).toContain('127\\.0\\.0\\.1');
    expect(PAGE).toContain('"default-cgroupns-mode": "host"');
  });
});
