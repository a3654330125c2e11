# shellcheck shell=dash
# shellcheck source-path=SCRIPTDIR
# All of lib/, for the commands beside it. Sourced, never run.
. "$HERE/lib/say.sh"
. "$HERE/lib/options.sh"
. "$HERE/lib/bounded.sh"
. "$HERE/lib/processes.sh"
. "$HERE/lib/explain.sh"
. "$HERE/lib/findings.sh"
. "$HERE/lib/cgroups.sh"
. "$HERE/lib/machine.sh"
. "$HERE/lib/engine.sh"
. "$HERE/lib/tools.sh"
. "$HERE/lib/choose.sh"
. "$HERE/lib/install.sh"
. "$HERE/lib/fix.sh"
. "$HERE/lib/preflight.sh"
. "$HERE/lib/archive.sh"
. "$HERE/lib/cluster.sh"
