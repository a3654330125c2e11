import {posix} from 'node:path';
import {below, RUN, WORKSPACE} from '../paths.ts';
import layOutScript from '../scripts/lay-out.sh';
import type {StagingPlan} from './plan.ts';
import {CITY_COPY} from './workspace.ts';

/**
 * Plans the workspace's files aside where they cannot simply be unpacked into their place: on a claim,
 * whose own files stay, and beside a city, over which they come. lay-out.sh then moves them, by renaming:
 * a start that is cut off leaves no half of a file in their place. Gives the directory, in the workspace's
 * own volume; undefined where nothing was set aside.
 *
 * @param owner the pod's name, by which a start finds what one before it has left
 */
export function setAside(
  plan: StagingPlan,
  {owner, isClaim}: {owner: string; isClaim: boolean},
): string | undefined {
  const all = [...plan.entries];
  const hasCity = all.some(([path]) => below(CITY_COPY, path) !== undefined);
  const hasFiles = all.some(([path]) => below(WORKSPACE, path) !== undefined);
  if (!hasCity && !(isClaim && hasFiles)) return undefined;
  const aside = posix.join(WORKSPACE, `.gc-k8s.${owner}`);
  plan.entries.clear();
  for (const [path, entry] of all) {
    const rest = below(WORKSPACE, path);
    plan.entries.set(rest === undefined ? path : posix.join(aside, 'files', rest), entry);
  }
  const text = (path: string, content: string) =>
    plan.put(path, {kind: 'text', content: Buffer.from(content), mode: 0o600});
  // Another agent of the claim must not commit them.
  text(posix.join(aside, '.gitignore'), '*\n');
  text(`${RUN}/aside`, `aside='${aside}' claim=${isClaim ? 'keep' : ''}\n`);
  text(`${RUN}/lay-out.sh`, layOutScript);
  return aside;
}
