{{/* Name of the chart. */}}
{{- define "objects.name" -}}
{{- .Chart.Name | trunc 63 | trimSuffix "-" -}}
{{- end }}

{{/* Name of the release's objects. */}}
{{- define "objects.fullname" -}}
{{- if contains .Chart.Name .Release.Name -}}
{{- .Release.Name | trunc 63 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 63 | trimSuffix "-" -}}
{{- end -}}
{{- end }}

{{/* Labels that select pods; they never change. */}}
{{- define "objects.selectorLabels" -}}
app.kubernetes.io/name: {{ include "objects.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{/* Labels of every object. */}}
{{- define "objects.labels" -}}
{{ include "objects.selectorLabels" . }}
{{ include "objects.furtherLabels" . }}
{{- end }}

{{/* Labels that select the pod that keeps the buckets. */}}
{{- define "objects.bucketsSelectorLabels" -}}
app.kubernetes.io/name: {{ include "objects.name" . }}-buckets
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{/* Labels of that pod's objects. */}}
{{- define "objects.bucketsLabels" -}}
{{ include "objects.bucketsSelectorLabels" . }}
{{ include "objects.furtherLabels" . }}
{{- end }}

{{- define "objects.furtherLabels" -}}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/part-of: hue-infra
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}

{{/* An ordinary user, as the image knows it. */}}
{{- define "objects.podSecurity" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
fsGroup: 65532
fsGroupChangePolicy: OnRootMismatch
seccompProfile: { type: RuntimeDefault }
{{- end }}

{{- define "objects.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: { drop: [ALL] }
{{- end }}

{{- define "objects.placement" -}}
{{- with .Values.placement.level -}}
nodeSelector: { node-restriction.kubernetes.io/hue-infra-level: {{ . | quote }} }
tolerations:
  - { key: node-restriction.kubernetes.io/hue-infra-level, value: {{ . | quote }}, effect: NoSchedule }
{{- end }}
{{- end }}

{{/* The buckets as the program reads them: the declared ones, and the one that proofs go through. */}}
{{- define "objects.buckets" -}}
{{- $found := list (dict "name" "platform-proof" "owner" "keeper" "lock" (dict "mode" "COMPLIANCE" "days" 0)) -}}
{{- $names := list -}}
{{- range .Values.buckets -}}
{{- if has .name $names }}{{ fail (printf "buckets: two are called %s" .name) }}{{ end -}}
{{- $names = append $names .name -}}
{{- $one := dict "name" .name "owner" .owner "readers" (.readers | default list) "expire" (.expire | default 0 | int) -}}
{{- with .lock -}}
{{- $_ := set $one "lock" (dict "mode" (upper .mode) "days" (int .days)) -}}
{{- end -}}
{{- if and .expire .lock (le (int .expire) (int .lock.days)) }}{{ fail (printf "buckets: %s: it expires after %d days, and is locked for %d" .name (int .expire) (int .lock.days)) }}{{ end -}}
{{- $found = append $found $one -}}
{{- end -}}
{{- dict "server" (printf "https://%s.%s.svc" (include "objects.fullname" .) .Release.Namespace) "buckets" $found | toPrettyJson -}}
{{- end }}
