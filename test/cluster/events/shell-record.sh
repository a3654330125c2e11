#!/bin/bash
# Gas City's shell provider, its `record`: three tries at the counter, then apply the event.
# Exit 3: it never got a number.
set -euo pipefail
kubectl() { "$KUBECTL" -n "$GC_K8S_NAMESPACE" "$@"; }
jq() { "$JQ" "$@"; }
event=$(cat)
seq=
for _ in 1 2 3; do
  counter=$(kubectl get configmap gc-events-seq -o json) || exit 3
  next=$(($(jq -r '.data.seq' <<<"$counter") + 1))
  if jq --arg seq "$next" '.data.seq = $seq' <<<"$counter" | kubectl replace -f - >/dev/null 2>&1
  then
    seq=$next
    break
  fi
done
[ -n "$seq" ] || exit 3
event=$(jq -c --argjson seq "$seq" '.seq = $seq' <<<"$event")
jq -n --arg name "$(printf 'gc-evt-%010d' "$seq")" --arg event "$event" \
  --arg type "$(jq -r '.type' <<<"$event")" --arg actor "$(jq -r '.actor' <<<"$event")" '{
    apiVersion: "v1", kind: "ConfigMap",
    metadata: {name: $name, labels: {"app.kubernetes.io/managed-by": "gascity",
      "gc/component": "event", "gc/type": $type, "gc/actor": $actor}},
    data: {event: $event}}' | kubectl apply -f - >/dev/null
