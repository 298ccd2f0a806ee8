{{/* Name of the chart. */}}
{{- define "ingress.name" -}}
{{- .Chart.Name | trunc 63 | trimSuffix "-" -}}
{{- end }}

{{/* Name of the release's objects. */}}
{{- define "ingress.fullname" -}}
{{- if contains .Chart.Name .Release.Name -}}
{{- .Release.Name | trunc 63 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 63 | trimSuffix "-" -}}
{{- end -}}
{{- end }}

{{/* Labels that select the pods that drive Envoy; they never change. */}}
{{- define "ingress.selectorLabels" -}}
app.kubernetes.io/name: {{ include "ingress.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{/* Labels of every object. */}}
{{- define "ingress.labels" -}}
{{ include "ingress.selectorLabels" . }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/part-of: hue-infra
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}

{{/* Labels by which the driver marks the pods of Envoy that it makes. */}}
{{- define "ingress.envoyLabels" -}}
app.kubernetes.io/name: envoy
app.kubernetes.io/component: proxy
app.kubernetes.io/managed-by: envoy-gateway
{{- end }}

{{/* Namespaces whose routes are served, with this one, as a JSON list. */}}
{{- define "ingress.namespaces" -}}
{{- $all := list .Release.Namespace -}}
{{- range .Values.gateways }}{{ range .hosts }}{{ $all = append $all .namespace }}{{ end }}{{ end -}}
{{- $all | uniq | sortAlpha | toJson -}}
{{- end }}

{{/* What no container here may do. */}}
{{- define "ingress.confined" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
capabilities: { drop: [ALL] }
seccompProfile: { type: RuntimeDefault }
{{- end }}
