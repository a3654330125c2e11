# shellcheck shell=dash
# shellcheck disable=SC2034 # read by the files that are sourced after this one
# Names, addresses and ports of the node. One such node a machine. Sourced, never run.

NODE=$NAME
BRIDGE=gc-local0
CGROUP=gc-local
NETWORK=${GC_LOCAL_CLUSTER_NETWORK:-10.213}
POD_CIDR=$NETWORK.0.0/24
GATEWAY=$NETWORK.0.1
SERVICE_CIDR=$NETWORK.1.0/24
KUBERNETES_SERVICE=$NETWORK.1.1

ETCD_PORT=$((PORT + 1))
ETCD_PEER_PORT=$((PORT + 2))
KUBELET_PORT=$((PORT + 3))
KUBELET_HEALTH_PORT=$((PORT + 4))
PROXY_HEALTH_PORT=$((PORT + 5))
PROXY_METRICS_PORT=$((PORT + 6))

BIN=$HOME_DIR/bin
PKI=$STATE/pki
LOG=$STATE/log
SOCKET=$STATE/containerd.sock
PAUSE=registry.k8s.io/pause:3.10
