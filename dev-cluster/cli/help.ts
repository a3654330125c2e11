export const helpText = `gc-dev-cluster runs a small Kubernetes on this machine, for trying and testing, not for production.

usage: gc-dev-cluster <command> [options]

  up           starts it and stays; Ctrl-C stops it
  down         stops it, or clears away what a killed one left
  status       says whether it runs, and where (exit 1 when it does not)
  kubeconfig   prints its kubeconfig
  demo         shows a city of three stand-in agents on one of its own; see demo --help

  --directory DIR    keep state, credentials and port in DIR, over restarts (default: in memory)
  -d, --detach       up: come back as soon as it is ready
  --namespace NAME   up: the namespace of its kubeconfig (default: default)
  -h, --help         this text
  --version

examples:
  eval "$(gc-dev-cluster up --detach)"         # and gc, kubectl and gc-session-k8s find it
  gc-dev-cluster up --directory ~/.gc-cluster  # in a terminal of its own; its state stays
  kubectl --kubeconfig <(gc-dev-cluster kubeconfig) get pods
  gc-dev-cluster down

Exit codes: 0 done, 1 failed or not running (one line on stderr says why), 2 not understood.
`;
