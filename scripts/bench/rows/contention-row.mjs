import {checked} from '../bench.mjs';
import {emptyScripts} from '../command-row.mjs';

const WRITERS = 50;

/** Fifty recorders at once next to fifty readers of the counter, on one Node. */
export async function contentionRow(bench, node, event) {
  const program = 'gc-events-k8s';
  const call = (args, more) => bench.ours(node, args, {program, room: 'contended', ...more});
  await bench.run(call(['ensure-running']));
  const together = (args, more) => async env => {
    const commands = Array.from({length: WRITERS}, () => call(args, {env, ...more}));
    const {results, ...times} = await bench.meter.measureTogether(await Promise.all(commands));
    for (const result of results) checked(result, {argv: [program, ...args]});
    return times;
  };
  return {
    target: 1.4,
    onCounted: ({ours}) => {
      const each = count => (count / WRITERS).toFixed(1);
      bench.facts.push({
        name: `${WRITERS} records at once, ${node.label}`,
        value: `${each(ours.exchanges)} API exchanges and ${each(ours.conflicts)} conflicts per event`,
      });
    },
    variants: [
      {kind: 'ours', node, label: node.label, run: together(['record'], {stdin: event})},
      {
        kind: 'reference',
        label: `gc-events-k8s latest-seq, ${WRITERS} at once`,
        run: together(['latest-seq']),
      },
      ...emptyScripts(bench).filter(variant => variant.node === node),
    ],
  };
}
