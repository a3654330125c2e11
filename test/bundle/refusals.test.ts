import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {city, temporaryDirectory, writes} from './city.ts';
import {ONE_LINE, run} from './program.ts';

const json = (value: object) => JSON.stringify(value);

/** Start JSON, and what the error must name. */
const BAD_INPUT: [string, string][] = [
  ['{', 'start JSON is not JSON'],
  ['[]', 'object'],
  ['"x"', 'object'],
  [json({work_dir: 1}), 'work_dir'],
  [json({command: ['x']}), 'command'],
  [json({env: {A: 1}}), 'env.A'],
  [json({env: ['A=1']}), 'env'],
  [json({env: {A: 'x\0y'}}), 'env.A'],
  [json({process_names: 'claude'}), 'process_names'],
  [json({process_names: [1]}), 'process_names.0'],
  [json({nudge: {}}), 'nudge'],
  [json({ready_delay_ms: '5'}), 'ready_delay_ms'],
  [json({ready_delay_ms: -1}), 'ready_delay_ms'],
  [json({pre_start: ['a', 2]}), 'pre_start.1'],
  [json({session_setup: 'x'}), 'session_setup'],
  [json({session_setup_script: []}), 'session_setup_script'],
  [json({session_live: [{}]}), 'session_live.0'],
  [json({overlay_dir: 5}), 'overlay_dir'],
  [json({pack_overlay_dirs: 'x'}), 'pack_overlay_dirs'],
  [json({copy_files: {src: 'x'}}), 'copy_files'],
  [json({copy_files: [{rel_dst: 'x'}]}), 'copy_files.0.src'],
  [json({copy_files: [{src: '/etc/hostname', rel_dst: '../../etc/x'}]}), 'rel_dst'],
  [json({env: {GC_DOLT_HOST: 'dolt.city'}}), 'requires GC_DOLT_PORT'],
];

const BAD_SETTINGS: [string, string][] = [
  ['GC_K8S_IMAGE', ''],
  ['GC_K8S_NAMESPACE', 'No_Such'],
  ['GC_K8S_CONTEXT', 'nowhere'],
  ['GC_K8S_CPU_REQUEST', 'lots'],
  ['GC_K8S_CPU_REQUEST', '3'],
  ['GC_K8S_MEM_LIMIT', '1 GB'],
  ['GC_K8S_MEM_REQUEST', '5Gi'],
  ['GC_K8S_NODE_SELECTOR', '{disk: ssd}'],
  ['GC_K8S_TOLERATIONS', '{}'],
  ['GC_K8S_AFFINITY', '[]'],
  ['GC_K8S_IMAGE_PULL_POLICY', 'Sometimes'],
  ['GC_K8S_POD_SECURITY', 'none'],
  ['GC_K8S_RUN_AS_USER', 'root'],
  ['GC_K8S_PREBAKED', 'maybe'],
  ['GC_K8S_DOLT_PORT', '99999'],
  ['GC_K8S_STAGE_LIMIT', 'much'],
  ['GC_K8S_WORKSPACE_ROOT', 'relative'],
  ['GC_K8S_POD_TEMPLATE', '/no/such/template.yaml'],
];

describe('a start is refused before anything is asked of the cluster', () => {
  it('for wrong JSON and wrong types, by the name of the field', async () => {
    const own = await city();
    for (const [stdin, name] of BAD_INPUT) {
      const {code, stdout, stderr} = await own.run('start mayor', {stdin});
      expect([code, stdout.toString(), stderr], stdin).toEqual([
        1,
        '',
        expect.stringMatching(ONE_LINE),
      ]);
      expect(stderr).toContain(name);
    }
    expect(own.dev.requests).toEqual([]);
  });

  it('for wrong settings, by the name of the variable and its value', async () => {
    const own = await city();
    for (const [name, value] of BAD_SETTINGS) {
      const {code, stderr} = await own.run('start mayor', {stdin: '{}', settings: {[name]: value}});
      expect([code, stderr], `${name}=${value}`).toEqual([1, expect.stringMatching(ONE_LINE)]);
      expect(stderr).toContain(name === 'GC_K8S_CONTEXT' ? 'nowhere' : name);
      if (!value.startsWith('{d')) expect(stderr).toContain(value);
    }
    expect(own.dev.requests).toEqual([]);
  });

  it('for more files than the limit', async () => {
    const own = await city();
    const directory = temporaryDirectory();
    writeFileSync(join(directory, 'large'), Buffer.alloc(2 * 2 ** 20));
    const stdin = json({work_dir: directory});
    const settings = {GC_K8S_STAGE_LIMIT: '1Mi'};
    const {code, stderr} = await own.run('start mayor', {stdin, settings});
    expect([code, stderr]).toEqual([1, expect.stringContaining('GC_K8S_STAGE_LIMIT=1Mi')]);
    expect(own.dev.requests).toEqual([]);
  });
});

/** Arguments, and what the error must name. */
const BAD_USAGE: [string[], string][] = [
  [['peek'], 'session name is needed'],
  [['peek', ''], 'session name is needed'],
  [['peek', 'a\nb'], 'control characters'],
  [['start', 'a\nb'], 'control characters'],
  [['peek', 'a'.repeat(1025)], '1024 bytes'],
  [['peek', 'mayor', 'many'], 'lines must be a whole number, not "many"'],
  [['peek', 'mayor', '5; reboot'], 'lines'],
  [['set-meta', 'mayor'], 'metadata key is needed'],
  [['get-meta', 'mayor', 'a\nb'], 'newline'],
  [['copy-from', 'mayor'], 'path'],
  [['copy-to', 'mayor'], 'source'],
  [['copy-to', 'mayor', '/etc/hostname', '../../etc/x'], 'workspace'],
  [['check-image'], 'image'],
  [['check-image', 'UPPER case'], 'no image reference'],
  [['attach', 'mayor'], 'terminal'],
];

describe('wrong usage', () => {
  it.each(BAD_USAGE)('%j is one line, and no request', async (args, words) => {
    const own = await city();
    const {code, stdout, stderr} = await run(args, {env: own.env});
    expect([code, stdout.toString()]).toEqual([1, '']);
    expect(stderr).toMatch(ONE_LINE);
    expect(stderr).toContain(words);
    expect(writes(own)).toEqual([]);
  });

  it('of set-meta: a value over 128 KiB', async () => {
    const own = await city();
    await own.session('mayor');
    const stdin = Buffer.alloc(128 * 1024 + 1, 'x');
    const {code, stderr} = await own.run('set-meta mayor key', {stdin});
    expect([code, stderr]).toEqual([1, expect.stringContaining('131073 bytes')]);
    expect(own.dev.requests).toEqual([]);
  });
});
