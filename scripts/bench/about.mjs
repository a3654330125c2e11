import {execFileSync} from 'node:child_process';
import {cpus, totalmem, type} from 'node:os';

/** When, where and with which versions the numbers were measured. */
export function about(bench, began) {
  const {kubectl, rounds, startRounds, burstRounds, warmUps} = bench.settings;
  const {clientVersion, serverVersion} = versions(kubectl, bench);
  const memoryGiB = Math.round(totalmem() / 2 ** 30);
  const model = cpus()[0]?.model.trim() ?? 'unknown';
  const nodes = bench.nodes.map(({version}) => version).join(', ');
  return [
    `Measured ${began.toISOString().slice(0, 16).replace('T', ' ')} UTC by \`npm run bench\`.`,
    '',
    `- ${type()}, ${cpus().length} CPUs (${model}), ${memoryGiB} GiB; client and cluster share it if the cluster is local`,
    `- Node ${nodes}; kubectl ${clientVersion.gitVersion}; Kubernetes ${serverVersion.gitVersion}`,
    `- ${rounds} rounds (start ${startRounds}, at once ${burstRounds}) after ${warmUps} warm-ups, variants shuffled in each; wall and user+system CPU of each process around posix_spawn and wait4; medians`,
    '- ratios: of the medians / median of the ratios of each round; targets are held against the worse of the two',
    '- NODE_EXTRA_CA_CERTS unset but where it is named',
  ];
}

function versions(kubectl, {settings: {context, childEnv}}) {
  const args = [...(context ? ['--context', context] : []), 'version', '-o', 'json'];
  return JSON.parse(execFileSync(kubectl, args, {env: childEnv}).toString());
}
