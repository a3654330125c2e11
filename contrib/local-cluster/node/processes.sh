# shellcheck shell=dash
# The order in which the node's programs start and stop. Sourced, never run.

start_containers() {
  run containerd containerd --config "$STATE/containerd.toml"
  await 'containerd did not answer' containerd ctr_ version && load_pause
}

start_control_plane() {
  run etcd "$BIN/local-node" etcd --data-dir="$STATE/etcd" --client-port="$ETCD_PORT" --peer-port="$ETCD_PEER_PORT"
  run apiserver "$BIN/local-node" apiserver \
    --etcd-servers="http://127.0.0.1:$ETCD_PORT" --bind-address="$GATEWAY" --secure-port="$PORT" \
    --advertise-address="$GATEWAY" --service-cluster-ip-range="$SERVICE_CIDR" \
    --tls-cert-file="$PKI/apiserver.crt" --tls-private-key-file="$PKI/apiserver.key" \
    --client-ca-file="$PKI/ca.crt" --authorization-mode=Node,RBAC --enable-admission-plugins=NodeRestriction \
    --service-account-issuer=https://kubernetes.default.svc --service-account-key-file="$PKI/sa.pub" \
    --service-account-signing-key-file="$PKI/sa.key" --api-audiences=https://kubernetes.default.svc \
    --kubelet-client-certificate="$PKI/admin.crt" --kubelet-client-key="$PKI/admin.key" \
    --kubelet-preferred-address-types=InternalIP --allow-privileged=true
  await 'the API server was not ready' apiserver driver_kubectl get --raw /readyz || return 1
  run controllers "$BIN/local-node" controllers --kubeconfig="$PKI/controllers.kubeconfig" --leader-elect=false \
    --service-account-private-key-file="$PKI/sa.key" --root-ca-file="$PKI/ca.crt" \
    --use-service-account-credentials=true --cluster-signing-cert-file="$PKI/ca.crt" \
    --cluster-signing-key-file="$PKI/ca.key" --authentication-skip-lookup --secure-port=0
  run scheduler "$BIN/local-node" scheduler --kubeconfig="$PKI/scheduler.kubeconfig" --leader-elect=false \
    --authentication-skip-lookup --secure-port=0
}

start_node() {
  run kubelet "$BIN/local-node" kubelet --config="$STATE/kubelet.yaml" --kubeconfig="$PKI/kubelet.kubeconfig" \
    --root-dir="$STATE/kubelet" --cert-dir="$STATE/kubelet/pki" --hostname-override="$NODE" --node-ip="$GATEWAY"
  run proxy "$BIN/local-node" proxy --config="$STATE/proxy.yaml" --hostname-override="$NODE"
  await 'the node was not Ready' kubelet driver_nodes_ready || return 1
  driver_kubectl apply -f "$NODE_SOURCE/dns-access.yaml" >/dev/null || return 1
  run dns "$BIN/coredns" -conf "$STATE/Corefile"
}

stop_node() {
  for program in dns proxy kubelet scheduler controllers apiserver etcd; do stop "$program"; done
}
