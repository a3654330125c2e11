import {namedFaults} from './fault-names.ts';

export const epilogue = `
examples:
  eval "$(gc-dev-cluster up --detach)"         # and gc, kubectl and gc-session-k8s find it
  gc-dev-cluster up --directory ~/.gc-cluster  # in a terminal of its own; its state stays
  kubectl --kubeconfig <(gc-dev-cluster kubeconfig) get pods
  gc-dev-cluster fault slow --on "create pods" # the next start takes five seconds longer
  gc-dev-cluster down

Exit codes: 0 done, 1 failed or not running (one line on stderr says why), 2 not understood.
`;

export const faultEpilogue = `examples:
  gc-dev-cluster fault 429 --seconds 2 --on "list pods" --times 3
  gc-dev-cluster fault cut --after --on "update configmaps"
  gc-dev-cluster fault exec-cut --bytes 100
  gc-dev-cluster fault oom --name mayor
  gc-dev-cluster fault '{"match": {"path": "watch=1"}, "action": {"type": "watch", "how": "silent"}}'
  gc-dev-cluster fault clear
`;

/** Every fault with what it does. */
export function faultList(): string {
  const rows = Object.entries(namedFaults).map(
    ([name, {summary}]) => `  ${name.padEnd(14)} ${summary}`,
  );
  return `faults:\n${rows.join('\n')}\n`;
}
