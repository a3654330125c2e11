# shellcheck shell=dash
# A certificate authority of the cluster's own, and one identity a component. Sourced, never run.

make_certificates() {
  [ -f "$STATE/kubeconfig" ] && return 0
  mkdir -p "$PKI"
  chmod 700 "$STATE" "$PKI"
  openssl_quietly req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 3650 \
    -keyout "$PKI/ca.key" -out "$PKI/ca.crt" -subj "/CN=$NAME"
  sign apiserver /CN=kube-apiserver \
    "DNS:localhost,DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc,IP:127.0.0.1,IP:$GATEWAY,IP:$KUBERNETES_SERVICE"
  sign admin /O=system:masters/CN=admin
  sign kubelet "/O=system:nodes/CN=system:node:$NODE"
  sign controllers /CN=system:kube-controller-manager
  sign scheduler /CN=system:kube-scheduler
  sign proxy /CN=system:kube-proxy
  sign dns /CN=local-cluster-dns
  openssl_quietly genrsa -out "$PKI/sa.key" 2048
  openssl_quietly rsa -in "$PKI/sa.key" -pubout -out "$PKI/sa.pub"
  for component in kubelet controllers scheduler proxy dns; do
    write_kubeconfig "$PKI/$component.kubeconfig" "$component"
  done
  write_kubeconfig "$STATE/kubeconfig" admin
}

# sign NAME SUBJECT [SUBJECT_ALTERNATIVE_NAMES]
sign() {
  openssl_quietly req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes \
    -keyout "$PKI/$1.key" -out "$PKI/$1.csr" -subj "$2"
  printf 'extendedKeyUsage=serverAuth,clientAuth\n%s\n' "${3:+subjectAltName=$3}" >"$PKI/$1.ext"
  openssl_quietly x509 -req -in "$PKI/$1.csr" -CA "$PKI/ca.crt" -CAkey "$PKI/ca.key" -CAcreateserial \
    -days 3650 -out "$PKI/$1.crt" -extfile "$PKI/$1.ext"
}

# openssl tells its progress on stderr; what it says is shown only when it fails.
openssl_quietly() {
  openssl "$@" >"$LOG/openssl" 2>&1 && return 0
  tail -n 5 "$LOG/openssl" >&2
  give_up "$FAILED" "openssl $1 failed" "it said so above" 'check the openssl program, then run up again'
}

# write_kubeconfig FILE COMPONENT
write_kubeconfig() {
  cat >"$1" <<YAML
apiVersion: v1
kind: Config
clusters:
  - name: $NAME
    cluster:
      server: https://$GATEWAY:$PORT
      certificate-authority-data: $(base64 "$PKI/ca.crt" | tr -d '\n')
users:
  - name: $NAME
    user:
      client-certificate-data: $(base64 "$PKI/$2.crt" | tr -d '\n')
      client-key-data: $(base64 "$PKI/$2.key" | tr -d '\n')
contexts:
  - name: $NAME
    context: {cluster: $NAME, user: $NAME}
current-context: $NAME
YAML
  chmod 600 "$1"
}
