import {execFileSync} from 'node:child_process';
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {TestProject} from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** Path of the embedded cluster's kubeconfig. */
    embedded: string;
  }
}

/** One embedded cluster for all files of the project, by the executable as built. */
export default function setup(project: TestProject): () => void {
  const directory = mkdtempSync(join(tmpdir(), 'gc-embedded-'));
  const dev = (...args: string[]): void => {
    execFileSync('dist/gc-dev-cluster', [...args, '--directory', directory], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  };
  dev('up', '--detach');
  project.provide('embedded', join(directory, 'kubeconfig'));
  return () => {
    dev('down');
    rmSync(directory, {recursive: true, force: true});
  };
}
