import {nothing, text, type Call} from '../../cli/operation.ts';
import {UsageError} from '../../errors.ts';
import {PathMap} from '../../pod/paths.ts';
import {withSession} from '../operation.ts';

export const operation = (call: Call) =>
  withSession(call, async ({cluster, session, deadline, args, env, print, warn}) => {
    const {copyFrom, printFrom, readFrom} = await import('../copy-from.ts');
    const [path, destination] = args;
    if (path === undefined || path === '') throw new UsageError('a path in the pod is needed');
    const place = {cluster, session, deadline};
    const inPod = new PathMap(env.GC_CITY).inCity(path) ?? path;
    if (destination === undefined || destination === '') {
      const held = await readFrom(place, inPod);
      if (held) return text(held);
      await printFrom(place, inPod, print);
    } else await copyFrom(place, {path: inPod, destination, warn});
    return nothing;
  });
