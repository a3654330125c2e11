import {build} from 'esbuild';
import {describe, expect, it} from 'vitest';

/** Packages that only people need. */
const FOR_PEOPLE =
  /node_modules\/(@bomb\.sh|cli-table3|commander|log-update|picocolors|prom-client|yocto-spinner)\//;

/** Every file that goes into an executable, whether it is loaded at once or later. */
async function filesOf(executable: string): Promise<string[]> {
  const {metafile} = await build({
    entryPoints: [`src/bin/${executable}.ts`],
    bundle: true,
    metafile: true,
    write: false,
    platform: 'node',
    loader: {'.sh': 'text'},
  });
  return Object.keys(metafile.inputs);
}

const isForPeople = (file: string) => file.startsWith('src/people/') || FOR_PEOPLE.test(file);

describe('what only people need', () => {
  it.each(['gc-session-k8s', 'gc-events-k8s', 'gc-events-prune'])('is not in %s', async name => {
    const files = await filesOf(name);
    expect(files).toContain('src/cli/run.ts');
    expect(files.filter(isForPeople)).toEqual([]);
  });

  it('is in gc-k8s', async () => {
    const files = (await filesOf('gc-k8s')).filter(isForPeople);
    expect(files).toContain('src/people/parse.ts');
    expect(files.some(file => file.includes('node_modules/commander/'))).toBe(true);
  });
});
