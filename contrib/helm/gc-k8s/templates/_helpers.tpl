{{/* Where every object goes. */}}
{{- define "gc-k8s.namespace" -}}
{{- .Values.namespace.name | default .Release.Namespace -}}
{{- end -}}

{{/* Labels of pods: without versions, so that an upgrade restarts only what changed. */}}
{{- define "gc-k8s.podLabels" -}}
app.kubernetes.io/name: gc-k8s
app.kubernetes.io/part-of: gascity
{{- with .component }}
app.kubernetes.io/component: {{ . }}
{{- end }}
{{- end -}}

{{/* Labels of objects. */}}
{{- define "gc-k8s.labels" -}}
{{ include "gc-k8s.podLabels" . }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" | trunc 63 }}
{{- end -}}

{{/* name, namespace and labels of an object. */}}
{{- define "gc-k8s.metadata" -}}
name: {{ .name }}
namespace: {{ include "gc-k8s.namespace" .root }}
labels:
  {{- with .app }}
  app: {{ . }}
  {{- end }}
  {{- include "gc-k8s.labels" . | nindent 2 }}
{{- end -}}

{{- define "gc-k8s.image" -}}
{{- if .digest -}}
{{ .repository }}@{{ .digest }}
{{- else -}}
{{ .repository }}:{{ .tag }}
{{- end -}}
{{- end -}}

{{/* The Secret with Dolt's root password: one that exists, or the one made from the values. */}}
{{- define "gc-k8s.doltSecret" -}}
{{- .Values.dolt.rootPassword.existingSecret | default "dolt-root" -}}
{{- end -}}

{{- define "gc-k8s.doltPassword" -}}
secretKeyRef:
  name: {{ include "gc-k8s.doltSecret" . }}
  key: {{ .Values.dolt.rootPassword.key }}
  optional: {{ not .Values.dolt.rootPassword.required }}
{{- end -}}

{{/*
Changes with the password among the values, so that Dolt restarts and takes it; empty without one. Agents
may be let look at pods, and a plain checksum would let them try words by the million: this is scrypt's.
*/}}
{{- define "gc-k8s.doltPasswordMark" -}}
{{- if eq (include "gc-k8s.doltSecret" .) "dolt-root" }}
{{- with .Values.secrets.doltRootPassword }}
{{- derivePassword 1 "maximum" . (printf "%s/%s" $.Release.Namespace $.Release.Name) "dolt-root" | sha256sum | trunc 16 }}
{{- end }}
{{- end }}
{{- end -}}

{{/* Pods find it by their search domains, whatever the cluster's domain is. */}}
{{- define "gc-k8s.doltHost" -}}
dolt.{{ include "gc-k8s.namespace" . }}.svc
{{- end -}}

{{- define "gc-k8s.imagePullSecrets" -}}
{{- with .Values.imagePullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- end -}}

{{- define "gc-k8s.scheduling" -}}
{{- with .priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with .nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{- define "gc-k8s.podSecurity" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
seccompProfile: {type: RuntimeDefault}
{{- end -}}

{{- define "gc-k8s.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: {drop: [ALL]}
{{- end -}}

{{/* A value as it was written. Helm reads every number of a values file as a float, whose text is 1e+06. */}}
{{- define "gc-k8s.plain" -}}
{{- if kindIs "float64" . }}{{ printf "%.0f" . }}{{ else }}{{ . }}{{ end -}}
{{- end -}}

{{/* Settings that are set, as environment variables. */}}
{{- define "gc-k8s.settings" -}}
{{- range $name, $value := .Values.settings }}
{{- with include "gc-k8s.plain" $value }}
{{ $name }}: {{ . | quote }}
{{- end }}
{{- end }}
{{- end -}}

{{/* image and imagePullPolicy of a container; an empty policy is Kubernetes' default for the tag. */}}
{{- define "gc-k8s.containerImage" -}}
image: {{ include "gc-k8s.image" . }}
{{- with .pullPolicy }}
imagePullPolicy: {{ . }}
{{- end }}
{{- end -}}

{{- define "gc-k8s.doltEnvironment" -}}
# Where Dolt keeps its own settings; nothing there needs to last.
- {name: DOLT_ROOT_PATH, value: /tmp}
- {name: DOLT_DISABLE_EVENT_FLUSH, value: '1'}
{{- end -}}

{{/*
The rule by which agents reach the mail service of the settings: in the namespace that its host names, in this
one where the host is one word, and anywhere where it is no Service's name.
*/}}
{{- define "gc-k8s.mailEgress" -}}
{{- with .Values.settings.GC_K8S_MCP_MAIL_HOST }}
{{- $words := splitList "." . }}
{{- $namespace := "" }}
{{- if eq (len $words) 1 }}
{{- $namespace = include "gc-k8s.namespace" $ }}
{{- else if and (gt (len $words) 2) (eq (index $words 2) "svc") }}
{{- $namespace = index $words 1 }}
{{- end }}
- ports:
    - {protocol: TCP, port: {{ include "gc-k8s.plain" ($.Values.settings.GC_K8S_MCP_MAIL_PORT | default 8765) }}}
  {{- with $namespace }}
  to:
    - namespaceSelector:
        matchLabels: {kubernetes.io/metadata.name: {{ . }}}
  {{- end }}
{{- end }}
{{- end -}}

{{/* The account of a component: the one that its values name, else the one of its own name. */}}
{{- define "gc-k8s.account" -}}
{{- dig "name" "" (.serviceAccount | default dict) | default .name -}}
{{- end -}}

{{/* Binds the Role of a name to the account of the component. */}}
{{- define "gc-k8s.roleBinding" -}}
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  {{- include "gc-k8s.metadata" . | nindent 2 }}
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: Role
  name: {{ .name }}
subjects:
  - kind: ServiceAccount
    name: {{ include "gc-k8s.account" . }}
    namespace: {{ include "gc-k8s.namespace" .root }}
{{- end -}}

{{/* A shell script that succeeds when the server in this pod says anything: a greeting, or a refusal. */}}
{{- define "gc-k8s.doltSignOfLife" -}}
exec 3<>/dev/tcp/127.0.0.1/3307 || exit 1
IFS= read -r -n 1 -t 20 -u 3
[ $? -le 128 ]
{{- end -}}

{{/* A shell script that queries the server on a host as root. */}}
{{- define "gc-k8s.doltQuery" -}}
export DOLT_CLI_USER=root DOLT_CLI_PASSWORD="$(printf %s "$DOLT_ROOT_PASSWORD")"
exec dolt --host={{ . }} --port=3307 --no-tls sql -q 'SELECT 1'
{{- end -}}

{{/* Where the settings put agents, and with which pull secrets: fields of a pod's spec. */}}
{{- define "gc-k8s.agentScheduling" -}}
{{- $pulls := splitList "," (.GC_K8S_IMAGE_PULL_SECRETS | default "") }}
{{- if hasPrefix "[" (trim (.GC_K8S_IMAGE_PULL_SECRETS | default "")) }}
{{- $pulls = fromJsonArray .GC_K8S_IMAGE_PULL_SECRETS }}
{{- end }}
{{- with without $pulls "" }}
imagePullSecrets:
  {{- range . }}
  - name: {{ if kindIs "map" . }}{{ .name }}{{ else }}{{ trim . }}{{ end }}
  {{- end }}
{{- end }}
{{- with .GC_K8S_PRIORITY_CLASS_NAME }}
priorityClassName: {{ . }}
{{- end }}
{{- with .GC_K8S_RUNTIME_CLASS_NAME }}
runtimeClassName: {{ . }}
{{- end }}
{{- with .GC_K8S_NODE_SELECTOR }}
nodeSelector: {{ include "gc-k8s.jsonObject" (list "GC_K8S_NODE_SELECTOR" .) }}
{{- end }}
{{- with .GC_K8S_AFFINITY }}
affinity: {{ include "gc-k8s.jsonObject" (list "GC_K8S_AFFINITY" .) }}
{{- end }}
{{- with .GC_K8S_TOLERATIONS }}
{{- $items := fromJsonArray . }}
{{- if and $items (kindIs "string" (first $items)) }}
{{- fail (printf "settings.GC_K8S_TOLERATIONS=%s is no JSON array of tolerations; write it as in a pod spec" .) }}
{{- end }}
tolerations: {{ toJson $items }}
{{- end }}
{{- end -}}

{{/* The setting's JSON, once it was read; takes its name and its value. */}}
{{- define "gc-k8s.jsonObject" -}}
{{- $object := fromJson (last .) }}
{{- if hasKey $object "Error" }}
{{- fail (printf "settings.%s=%s is no JSON object; write it as in a pod spec" (first .) (last .)) }}
{{- end }}
{{- toJson $object }}
{{- end -}}
