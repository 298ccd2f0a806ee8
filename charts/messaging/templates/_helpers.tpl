{{/* Name of the chart. */}}
{{- define "messaging.name" -}}
{{- .Chart.Name | trunc 63 | trimSuffix "-" -}}
{{- end }}

{{/* Name of the release's objects. */}}
{{- define "messaging.fullname" -}}
{{- if contains .Chart.Name .Release.Name -}}
{{- .Release.Name | trunc 63 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 63 | trimSuffix "-" -}}
{{- end -}}
{{- end }}

{{/* Labels that select pods; they never change. */}}
{{- define "messaging.selectorLabels" -}}
app.kubernetes.io/name: {{ include "messaging.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{/* Labels of every object. */}}
{{- define "messaging.labels" -}}
{{ include "messaging.selectorLabels" . }}
{{ include "messaging.furtherLabels" . }}
{{- end }}

{{/* Labels that select the pod that keeps the streams. */}}
{{- define "messaging.streamsSelectorLabels" -}}
app.kubernetes.io/name: {{ include "messaging.name" . }}-streams
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{/* Labels of that pod's objects. */}}
{{- define "messaging.streamsLabels" -}}
{{ include "messaging.streamsSelectorLabels" . }}
{{ include "messaging.furtherLabels" . }}
{{- end }}

{{- define "messaging.furtherLabels" -}}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/part-of: hue-infra
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}

{{/* An ordinary user, as the image knows it. */}}
{{- define "messaging.podSecurity" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
fsGroup: 65532
fsGroupChangePolicy: OnRootMismatch
seccompProfile: { type: RuntimeDefault }
{{- end }}

{{- define "messaging.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: { drop: [ALL] }
{{- end }}

{{/* A size such as 10Gi as a number. */}}
{{- define "messaging.bytes" -}}
{{- $units := dict "Ki" 1024 "Mi" 1048576 "Gi" 1073741824 "Ti" 1099511627776 -}}
{{- mul (regexFind "^[0-9]+" .) (get $units (regexFind "..$" .)) -}}
{{- end }}

{{/* Yes if a tenant has a leaf node. */}}
{{- define "messaging.hasLeaves" -}}
{{- range .Values.tenants }}{{ if .leaf }}yes{{ end }}{{ end -}}
{{- end }}

{{/* Who asks for a service's name gets the release's own certificate, who asks for a host the province's. */}}
{{- define "messaging.listenerTls" -}}
{{- $pairs := list -}}
{{- range compact (list "/etc/messaging-tls" (empty .Values.tls.outer | ternary "" "/etc/messaging-outer-tls")) -}}
{{- $pairs = append $pairs (dict "cert_file" (printf "%s/tls.crt" .) "key_file" (printf "%s/tls.key" .)) -}}
{{- end -}}
{{- dict "certs" $pairs "min_version" "1.2" "timeout" 5 | toRawJson -}}
{{- end }}

{{- define "messaging.mayPublish" -}}
{{- $own := list -}}
{{- range .streams }}{{ $own = concat $own (.subjects | default list) }}{{ end -}}
{{- $reads := list "INFO" "STREAM.NAMES" "STREAM.LIST" "STREAM.INFO.*" "STREAM.MSG.GET.*" "DIRECT.GET.>" "CONSUMER.>" -}}
{{- range $reads }}{{ $own = append $own (printf "$JS.API.%s" .) }}{{ end -}}
{{- concat $own (list "$JS.ACK.>" "$JS.FC.>") | toRawJson -}}
{{- end }}

{{/* A commune's machine may read the streams of its account and be read; it makes, changes and
empties none, and asks no other account for anything itself. */}}
{{- define "messaging.leafMayNot" -}}
{{- $denied := list "JS.*.API.>" -}}
{{- range $deed := list "CREATE" "UPDATE" "DELETE" "PURGE" "RESTORE" "SNAPSHOT" "MSG.DELETE" -}}
{{- range $api := list "$JS.API" (printf "$JS.%s.API" $.Values.domain) -}}
{{- $denied = append $denied (printf "%s.STREAM.%s.>" $api $deed) -}}
{{- end -}}
{{- end -}}
{{- $denied | toRawJson -}}
{{- end }}

{{/* One stream as the server knows it; .more says where its messages come from. */}}
{{- define "messaging.stream" -}}
{{- $common := dict "name" .name "retention" "limits" "storage" "file" "allow_direct" true "discard" "old" -}}
{{- $limits := dict "max_age" (mul .stream.days 86400000000000) "max_bytes" (include "messaging.bytes" .stream.size | int64) -}}
{{- $replicas := dict "num_replicas" (.stream.replicas | default (min 3 .replicas) | int) -}}
{{- dict "account" .account "stream" (merge .more $common $limits $replicas) | toRawJson -}}
{{- end }}

{{/* Every stream: the tenants' own, the readers' copies, and the one that proofs go through. */}}
{{- define "messaging.streams" -}}
{{- $replicas := int .Values.replicas -}}
{{- $names := list -}}{{- range .Values.tenants }}{{ $names = append $names .name }}{{ end -}}
{{- if ne (len $names) (len (uniq $names)) }}{{ fail "tenants: two have one name" }}{{ end -}}
{{- $proof := dict "name" "proof" "days" 1 "size" "1Mi" -}}
{{- $streams := list (include "messaging.stream" (dict "account" "platform" "name" "platform-proof" "stream" $proof "replicas" $replicas "more" (dict "subjects" (list "platform.proof")))) -}}
{{- range $tenant := .Values.tenants -}}
{{- $own := list -}}
{{- range $stream := .streams -}}
{{- $where := printf "tenants: %s: %s" $tenant.name $stream.name -}}
{{- if has $stream.name $own }}{{ fail (printf "%s: two streams have one name" $where) }}{{ end -}}
{{- $own = append $own $stream.name -}}
{{- if gt (int ($stream.replicas | default 1)) $replicas }}{{ fail (printf "%s: more replicas than servers" $where) }}{{ end -}}
{{- if and $stream.fromLeaf (not $tenant.leaf) }}{{ fail (printf "%s: comes from a leaf node, and the tenant has none" $where) }}{{ end -}}
{{- $name := printf "%s-%s" $tenant.name $stream.name -}}
{{- $more := dict "subjects" $stream.subjects "discard" "new" -}}
{{- if $stream.fromLeaf }}{{ $more = dict "mirror" (dict "name" $name "external" (dict "api" (printf "$JS.%s.API" $tenant.name))) }}{{ end -}}
{{- $streams = append $streams (include "messaging.stream" (dict "account" $tenant.name "name" $name "stream" $stream "replicas" $replicas "more" $more)) -}}
{{- range $reader := $stream.readers -}}
{{- if or (not (has $reader $names)) (eq $reader $tenant.name) }}{{ fail (printf "%s: its reader %s is no other tenant" $where $reader) }}{{ end -}}
{{- $more := dict "mirror" (dict "name" $name "external" (dict "api" (printf "JS.%s.API" $tenant.name) "deliver" (printf "copy.%s.%s" $reader $name))) -}}
{{- $streams = append $streams (include "messaging.stream" (dict "account" $reader "name" (printf "%s-copy" $name) "stream" $stream "replicas" $replicas "more" $more)) -}}
{{- end -}}
{{- end -}}
{{- end -}}
[
  {{ join ",\n  " $streams }}
]
{{- end }}

{{- define "messaging.placement" -}}
{{- with .Values.placement.level -}}
nodeSelector: { node-restriction.kubernetes.io/hue-infra-level: {{ . | quote }} }
tolerations:
  - { key: node-restriction.kubernetes.io/hue-infra-level, value: {{ . | quote }}, effect: NoSchedule }
{{- end }}
{{- end }}
