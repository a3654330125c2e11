import {execFileSync} from 'node:child_process';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {LAUNCHER, planLaunch, type LaunchRequest} from '../../../src/pod/staging/launch-files.ts';
import {StagingPlan} from '../../../src/pod/staging/plan.ts';
import {temporaryDirectory, write} from '../../kit/temporary-directory.ts';
import {moved} from '../../kit/terminal.ts';

function planned(request: Partial<LaunchRequest> = {}): StagingPlan {
  const plan = new StagingPlan();
  planLaunch(plan, {
    secret: {},
    provision: false,
    oneShot: false,
    command: '',
    processNames: [],
    nudge: '',
    readyPromptPrefix: '',
    readyDelayMs: 0,
    preStart: [],
    sessionSetup: [],
    sessionSetupScript: undefined,
    sessionLive: [],
    ...request,
  });
  return plan;
}

function textOf(plan: StagingPlan, name: string): string | undefined {
  const entry = plan.entries.get(`/run/gc/${name}`);
  return entry?.kind === 'text' ? entry.content.toString() : undefined;
}

/** What a shell that read the env file has, as the agent's terminal and `exec` do. */
function sourced(secret: Record<string, string>, ...names: string[]): string[] {
  const directory = temporaryDirectory();
  write(directory, {env: moved(textOf(planned({secret}), 'env') ?? '', directory)});
  const print = names.map(name => `printf '%s\\0' "\${${name}-unset}"`).join('\n');
  const out = execFileSync('sh', ['-c', `. ./env\n${print}`], {
    cwd: directory,
    env: {PATH: process.env.PATH, HOME: directory},
  });
  return out
    .toString()
    .split('\0')
    .slice(0, -1)
    .map(value => value.replace(directory, '~'));
}

describe('planLaunch', () => {
  it('puts everything into /run/gc, for nobody else to read, the launcher last', () => {
    const plan = planned({secret: {TOKEN: 'x'}, preStart: ['a']});
    for (const [path, entry] of plan.entries) {
      expect(path).toMatch(/^\/run\/gc\//);
      expect(entry).toMatchObject(
        entry.kind === 'text' ? {mode: 0o600} : {kind: 'directory', mode: 0o700},
      );
    }
    expect([...plan.entries.keys()].at(-1)).toBe(LAUNCHER);
  });

  it('keeps commands as they are, in an order that a shell keeps', () => {
    const commands = Array.from({length: 12}, (_, at) => `echo "${at}" $x\n'`);
    const plan = planned({preStart: commands, sessionSetup: ['one'], sessionLive: ['two']});
    const files = [...plan.entries.keys()].filter(path => path.includes('/pre_start/'));
    expect(files.toSorted()).toEqual(files);
    expect(files.map(path => textOf(plan, path.replace('/run/gc/', '')))).toEqual(
      commands.map(command => `${command}\n`),
    );
    expect(textOf(plan, 'session_setup/0000')).toBe('one\n');
    expect(textOf(plan, 'session_live/0000')).toBe('two\n');
  });

  it('keeps the command’s bytes, whatever they are', () => {
    const command = `printf '%s\\n' "a b" 'c"$d' ; cat\n${'x'.repeat(200_000)}é`;
    expect(textOf(planned({command}), 'command')).toBe(command);
  });

  it('says what kind of run it is by the files there are', () => {
    expect(textOf(planned(), 'provisioned')).toBeUndefined();
    expect(textOf(planned(), 'one-shot')).toBeUndefined();
    expect(textOf(planned({provision: true}), 'provisioned')).toBe('');
    expect(textOf(planned({oneShot: true}), 'one-shot')).toBe('');
  });

  it('tells of the first prompt', () => {
    const plan = planned({nudge: 'do\nit\n\n', readyPromptPrefix: '❯\u00a0 ', readyDelayMs: 1500});
    expect(textOf(plan, 'nudge')).toBe('do\nit');
    expect(textOf(plan, 'ready-prompt-prefix')).toBe('❯');
    expect(textOf(plan, 'ready-delay')).toBe('1.5');
    expect(textOf(planned({processNames: [' a', '', 'b c']}), 'process-names')).toBe('a\nb c\n');
  });

  it('brings the setup script; a missing one is a warning', () => {
    const directory = temporaryDirectory();
    write(directory, {'setup.sh': 'echo hi\n'});
    const plan = planned({sessionSetupScript: join(directory, 'setup.sh')});
    expect(textOf(plan, 'session_setup_script/0000')).toBe('echo hi\n');
    const without = planned({sessionSetupScript: join(directory, 'none.sh')});
    expect(without.warnings.join()).toMatch(/^session_setup_script: ENOENT.*none\.sh.*left out$/);
    expect(planned({sessionSetupScript: ''}).warnings).toEqual([]);
  });
});

describe('the environment file', () => {
  it.each(['plain', "it's", '$(touch x) `y` $HOME', 'two\nlines\n', '"\\', 'é', ''])(
    'gives %j exactly',
    value => {
      expect(sourced({A_TOKEN: value}, 'A_TOKEN')).toEqual([value]);
    },
  );

  it('leaves out, with a warning, what no shell can have, and gives the rest', () => {
    const secret = {'my.api_KEY': 'x', 'a-b_TOKEN': 'y', LAST_KEY: 'z'};
    expect(sourced(secret, 'LAST_KEY', 'HOME')).toEqual(['z', '~']);
    const {warnings} = planned({secret});
    expect(warnings).toHaveLength(2);
    expect(warnings.join()).toContain('my.api_KEY');
    expect(warnings.join()).not.toContain('=x');
  });

  it('names a home that can be written, and Claude’s directory in it', () => {
    expect(sourced({}, 'HOME', 'CLAUDE_CONFIG_DIR')).toEqual(['~', '~/.claude']);
  });
});
