import {checked} from './bench.mjs';

/**
 * A row whose variants are single commands: `ours` on every Node, `kubectl`'s one command that does
 * the same, `others` for comparison ({label: command}), an empty script on every Node, and the same
 * calls of an earlier build where BENCH_BASE names one.
 */
export async function commandRow(bench, {ours, kubectl, others = {}, ...row}) {
  const variants = [];
  for (const node of bench.nodes) {
    const command = await bench.ours(node, ours.args, ours);
    variants.push({...timed(bench, command), kind: 'ours', node, label: node.label});
  }
  variants.push(...(await earlier(bench, ours)));
  if (kubectl) {
    const command = await bench.kubectl(kubectl.args, kubectl);
    const {label = `kubectl ${kubectl.args.join(' ')}`} = kubectl;
    variants.push({...timed(bench, command), kind: 'reference', label});
  }
  for (const [label, command] of Object.entries(others)) {
    variants.push({...timed(bench, await command), kind: 'other', label});
  }
  return {...row, variants: [...variants, ...emptyScripts(bench)]};
}

/** The same calls of the build that BENCH_BASE names. */
async function earlier(bench, {args, ...more}) {
  const {base} = bench.settings;
  if (base === undefined) return [];
  const commands = bench.nodes.map(async node => {
    const command = await bench.ours(node, args, {...more, dist: base});
    return {...timed(bench, command), kind: 'base', node, label: `earlier build, ${node.label}`};
  });
  return Promise.all(commands);
}

/** The floor: what Node costs when it does nothing. */
export function emptyScripts(bench) {
  return bench.nodes.map(node => {
    const command = {argv: [node.path, bench.emptyScript], env: bench.settings.childEnv};
    return {...timed(bench, command), kind: 'empty', node, label: `empty script, ${node.label}`};
  });
}

/** `run` takes changes of the environment, with which the counting pass comes. */
export function timed(bench, command) {
  const run = async (changes = {}) => {
    const result = await bench.meter.measure({...command, env: {...command.env, ...changes}});
    checked(result, command);
    return command.untilLine ? {...result, wallMs: result.firstLineMs} : result;
  };
  return {run};
}
