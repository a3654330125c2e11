import {statSync} from 'node:fs';
import {join} from 'node:path';

/** The sizes of the executables that gc calls, compared with the BENCH_BASE build. */
export function sizes({dist, base}) {
  if (base === undefined) return [];
  return ['gc-session-k8s', 'gc-events-k8s'].map(program => {
    const [now, before] = [dist, base].map(directory => statSync(join(directory, program)).size);
    return {
      name: `bytes of ${program}`,
      value: `${now}, the earlier build's has ${before}`,
      target: 'no larger',
      isMet: now <= before,
    };
  });
}
