import {PathMap} from '../../../src/pod/paths.ts';
import {StagingPlan} from '../../../src/pod/staging/plan.ts';
import {planWorkspace, type FilesRequest} from '../../../src/pod/staging/workspace.ts';
import {temporaryDirectory, write} from '../../kit/temporary-directory.ts';

/** A directory with files, and what a start from there would stage. */
export interface Machine {
  readonly home: string;
  readonly plan: (request?: Partial<FilesRequest>, city?: string) => Promise<StagingPlan>;
}

export function machine(files: Record<string, string>): Machine {
  const home = temporaryDirectory();
  write(home, files);
  const plan: Machine['plan'] = async (request = {}, city) => {
    const made = new StagingPlan();
    const full = {workDirectory: undefined, overlays: [], copyFiles: [], ...request};
    await planWorkspace(made, full, new PathMap(city));
    return made;
  };
  return {home, plan};
}

/** The paths of all but directories. */
export const filesOf = (plan: StagingPlan) =>
  [...plan.entries].flatMap(([path, {kind}]) => (kind === 'directory' ? [] : [path])).toSorted();
