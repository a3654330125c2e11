# shellcheck shell=dash
# The files the node's programs read. Sourced, never run.

write_configuration() {
  mkdir -p "$STATE/cni" "$LOG"
  : >"$STATE/resolv.conf"
  containerd_configuration >"$STATE/containerd.toml"
  cni_configuration >"$STATE/cni/10-local-cluster.conflist"
  kubelet_configuration >"$STATE/kubelet.yaml"
  proxy_configuration >"$STATE/proxy.yaml"
  dns_configuration >"$STATE/Corefile"
}

# cni_plugins: Debian and most others put them in different directories.
cni_plugins() {
  for directory in /usr/lib/cni /opt/cni/bin /usr/libexec/cni; do
    [ -x "$directory/bridge" ] && echo "$directory" && return 0
  done
  return 1
}

containerd_configuration() {
  cat <<TOML
version = 2
root = "$STATE/containerd"
state = "$STATE/containerd-run"
[grpc]
  address = "$SOCKET"
[plugins."io.containerd.internal.v1.opt"]
  path = "$STATE/containerd-opt"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "$PAUSE"
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "$(cni_plugins)"
    conf_dir = "$STATE/cni"
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
TOML
}

cni_configuration() {
  cat <<JSON
{"cniVersion": "1.0.0", "name": "local-cluster", "plugins": [
  {"type": "bridge", "bridge": "$BRIDGE", "isGateway": true, "hairpinMode": true,
   "ipam": {"type": "host-local", "dataDir": "$STATE/ipam", "ranges": [[{"subnet": "$POD_CIDR"}]],
            "routes": [{"dst": "0.0.0.0/0"}]}}]}
JSON
}

# The kubelet keeps to a cgroup of its own (cgroupRoot): below /kubepods it would end the pods of
# any other kubelet of this machine as orphans. From Kubernetes 1.35 on it refuses cgroup v1 unless
# failCgroupV1 is false.
kubelet_configuration() {
  cat <<YAML
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
containerRuntimeEndpoint: unix://$SOCKET
cgroupDriver: cgroupfs
cgroupRoot: /$CGROUP
failCgroupV1: false
failSwapOn: false
address: $GATEWAY
port: $KUBELET_PORT
healthzPort: $KUBELET_HEALTH_PORT
clusterDNS: [$GATEWAY]
clusterDomain: cluster.local
resolvConf: $STATE/resolv.conf
makeIPTablesUtilChains: false
authentication: {anonymous: {enabled: false}, webhook: {enabled: true}, x509: {clientCAFile: $PKI/ca.crt}}
authorization: {mode: Webhook}
serializeImagePulls: false
evictionHard: {memory.available: 200Mi}
localStorageCapacityIsolation: false
YAML
}

# nftables: a table of its own, which leaves the chains of any other kube-proxy alone.
# masqueradeAll: pods on one bridge would otherwise answer each other past the translation.
proxy_configuration() {
  cat <<YAML
apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
clientConnection: {kubeconfig: $PKI/proxy.kubeconfig}
mode: nftables
nftables: {masqueradeAll: true}
clusterCIDR: $POD_CIDR
healthzBindAddress: 127.0.0.1:$PROXY_HEALTH_PORT
metricsBindAddress: 127.0.0.1:$PROXY_METRICS_PORT
conntrack: {maxPerCore: 0, tcpCloseWaitTimeout: 0s, tcpEstablishedTimeout: 0s}
YAML
}

dns_configuration() {
  cat <<CORE
.:53 {
  bind $GATEWAY
  errors
  kubernetes cluster.local in-addr.arpa ip6.arpa {
    kubeconfig $PKI/dns.kubeconfig $NAME
  }
CORE
  if grep -q '^nameserver' /etc/resolv.conf; then echo '  forward . /etc/resolv.conf'; fi
  echo '}'
}
