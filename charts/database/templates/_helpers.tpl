{{/* Name of the chart. */}}
{{- define "database.name" -}}
{{- .Chart.Name | trunc 63 | trimSuffix "-" -}}
{{- end }}

{{/* Name of the release's objects. */}}
{{- define "database.fullname" -}}
{{- if contains .Chart.Name .Release.Name -}}
{{- .Release.Name | trunc 63 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 63 | trimSuffix "-" -}}
{{- end -}}
{{- end }}

{{/* Labels that select pods; they never change. */}}
{{- define "database.selectorLabels" -}}
app.kubernetes.io/name: {{ include "database.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{/* Labels of every object. */}}
{{- define "database.labels" -}}
{{ include "database.selectorLabels" . }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/part-of: hue-infra
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}

{{/* Labels that select the pods of the repository. */}}
{{- define "database.repositorySelectorLabels" -}}
app.kubernetes.io/name: {{ include "database.name" . }}-repository
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{/* Labels of the repository's objects. */}}
{{- define "database.repositoryLabels" -}}
{{ include "database.repositorySelectorLabels" . }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/part-of: hue-infra
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}

{{/* An ordinary user, as the image knows it. */}}
{{- define "database.podSecurity" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
fsGroup: 65532
fsGroupChangePolicy: OnRootMismatch
seccompProfile: { type: RuntimeDefault }
{{- end }}

{{- define "database.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: { drop: [ALL] }
{{- end }}

{{/* How pgBackRest proves itself to its other half: one certificate for all pods of the release. */}}
{{- define "database.tlsServer" -}}
tls-server-address=*
tls-server-ca-file=/etc/database-tls/ca.crt
tls-server-cert-file=/etc/database-tls/tls.crt
tls-server-key-file=/etc/database-tls/tls.key
tls-server-auth={{ include "database.fullname" . }}=main
lock-path=/tmp/pgbackrest
spool-path=/tmp/pgbackrest-spool
log-level-file=off
log-level-console=warn
{{- end }}

{{- define "database.repositoryMounts" -}}
- { name: backups, mountPath: /var/lib/repository }
- { name: settings, mountPath: /etc/database, readOnly: true }
- { name: settings, mountPath: /etc/pgbackrest.conf, subPath: pgbackrest.conf, readOnly: true }
{{- include "database.tlsMounts" . | nindent 0 }}
- { name: tmp, mountPath: /tmp }
{{- end }}

{{/* Each file by itself: pgBackRest takes a link, as a volume of a secret has them, for a key that all may read. */}}
{{- define "database.tlsMounts" -}}
{{ range list "ca.crt" "tls.crt" "tls.key" }}
- { name: tls, mountPath: /etc/database-tls/{{ . }}, subPath: {{ . }}, readOnly: true }
{{- end }}
{{- end }}
