{{/* Name of the chart. */}}
{{- define "observability.name" -}}
{{- .Chart.Name | trunc 63 | trimSuffix "-" -}}
{{- end }}

{{/* Name of the release's objects. */}}
{{- define "observability.fullname" -}}
{{- if contains .Chart.Name .Release.Name -}}
{{- .Release.Name | trunc 63 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 63 | trimSuffix "-" -}}
{{- end -}}
{{- end }}

{{/* Labels that select the pods of a part, which never change.  Call with (list . "alerts"). */}}
{{- define "observability.selectorLabels" -}}
{{- $root := first . -}}
app.kubernetes.io/name: {{ include "observability.name" $root }}{{ with last . }}-{{ . }}{{ end }}
app.kubernetes.io/instance: {{ $root.Release.Name }}
{{- end }}

{{/* Labels of every object of a part.  Call as the above. */}}
{{- define "observability.labels" -}}
{{- $root := first . -}}
{{ include "observability.selectorLabels" . }}
app.kubernetes.io/managed-by: {{ $root.Release.Service }}
app.kubernetes.io/version: {{ $root.Chart.AppVersion | quote }}
app.kubernetes.io/part-of: hue-infra
helm.sh/chart: {{ printf "%s-%s" $root.Chart.Name $root.Chart.Version }}
{{- end }}

{{/* An ordinary user, as the image knows it. */}}
{{- define "observability.podSecurity" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
fsGroup: 65532
fsGroupChangePolicy: OnRootMismatch
seccompProfile: { type: RuntimeDefault }
{{- end }}

{{- define "observability.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: { drop: [ALL] }
{{- end }}

{{- define "observability.placement" -}}
{{- with .Values.placement.level -}}
nodeSelector: { node-restriction.kubernetes.io/hue-infra-level: {{ . | quote }} }
tolerations:
  - { key: node-restriction.kubernetes.io/hue-infra-level, value: {{ . | quote }}, effect: NoSchedule }
{{- end }}
{{- end }}

{{/* A size such as 10Gi as a number. */}}
{{- define "observability.bytes" -}}
{{- $units := dict "Mi" 1048576 "Gi" 1073741824 "Ti" 1099511627776 -}}
{{- mul (regexFind "^[0-9]+" .) (get $units (regexFind "..$" .)) -}}
{{- end }}

{{/* How a part is reached from the others, who hold its certificate against the release's own. */}}
{{- define "observability.tlsConfig" -}}
ca_file: /etc/observability-tls/ca.crt
server_name: {{ include "observability.fullname" . }}
{{- end }}

{{/* The settings by which every part serves. */}}
{{- define "observability.web" -}}
tls_server_config:
  cert_file: /etc/observability-tls/tls.crt
  key_file: /etc/observability-tls/tls.key
  min_version: TLS12
{{- end }}

{{/* The alerts with what each says in the chosen language. */}}
{{- define "observability.rules" -}}
{{- $said := (index (.Files.Get "files/words.yaml" | fromYaml) .Values.language).alerts -}}
{{- $rules := list -}}
{{- range (.Files.Get "files/alerts.yaml" | fromYaml).rules -}}
{{- if .alert }}{{ $_ := set . "annotations" (dict "summary" (get $said .alert)) }}{{ end -}}
{{- $rules = append $rules . -}}
{{- end -}}
{{- dict "groups" (list (dict "name" "alerts" "rules" $rules)) | toYaml -}}
{{- end }}

{{/* The board in one language, as Prometheus fills it in.  Call with (dict "root" . "language" "vi" "other" "en"). */}}
{{- define "observability.board" -}}
{{- $page := .root.Files.Get "files/board.html" -}}
{{- $words := index (.root.Files.Get "files/words.yaml" | fromYaml) .language "board" -}}
{{- range $key, $text := merge (dict "language" .language "other_language" .other) $words -}}
{{- $page = $page | replace (printf "@%s@" $key) ($text | html) -}}
{{- end -}}
{{- $page -}}
{{- end }}
