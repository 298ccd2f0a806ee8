{{/* Name of the chart. */}}
{{- define "iot.name" -}}
{{- .Chart.Name | trunc 63 | trimSuffix "-" -}}
{{- end }}

{{/* Name of the release's objects. */}}
{{- define "iot.fullname" -}}
{{- if contains .Chart.Name .Release.Name -}}
{{- .Release.Name | trunc 63 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 63 | trimSuffix "-" -}}
{{- end -}}
{{- end }}

{{/* Labels that select the pods of one part, "" being the servers; they never change. */}}
{{- define "iot.selectorLabels" -}}
{{- $root := index . 0 -}}
app.kubernetes.io/name: {{ include "iot.name" $root }}{{ with index . 1 }}-{{ . }}{{ end }}
app.kubernetes.io/instance: {{ $root.Release.Name }}
{{- end }}

{{/* Labels of every object of that part. */}}
{{- define "iot.labels" -}}
{{- $root := index . 0 -}}
{{ include "iot.selectorLabels" . }}
app.kubernetes.io/managed-by: {{ $root.Release.Service }}
app.kubernetes.io/version: {{ $root.Chart.AppVersion | quote }}
app.kubernetes.io/part-of: hue-infra
helm.sh/chart: {{ printf "%s-%s" $root.Chart.Name $root.Chart.Version }}
{{- end }}

{{/* An ordinary user, as the image knows it. */}}
{{- define "iot.podSecurity" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
fsGroup: 65532
fsGroupChangePolicy: OnRootMismatch
seccompProfile: { type: RuntimeDefault }
{{- end }}

{{- define "iot.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: { drop: [ALL] }
{{- end }}

{{/* A size such as 10Gi as a number. */}}
{{- define "iot.bytes" -}}
{{- $units := dict "Ki" 1024 "Mi" 1048576 "Gi" 1073741824 "Ti" 1099511627776 -}}
{{- mul (regexFind "^[0-9]+" .) (get $units (regexFind "..$" .)) -}}
{{- end }}

{{/* Who asks for a service's name gets the release's own certificate, who asks for a host the province's. */}}
{{- define "iot.listenerTls" -}}
{{- $pairs := list -}}
{{- range compact (list "/etc/messaging-tls" (empty .Values.tls.outer | ternary "" "/etc/messaging-outer-tls")) -}}
{{- $pairs = append $pairs (dict "cert_file" (printf "%s/tls.crt" .) "key_file" (printf "%s/tls.key" .)) -}}
{{- end -}}
{{- dict "certs" $pairs "min_version" "1.2" "timeout" 5 | toRawJson -}}
{{- end }}

{{/* A reader's system reads the stream by a consumer that bears its name, and nothing else. */}}
{{- define "iot.readerMayPublish" -}}
{{- $asks := list "INFO" "STREAM.INFO.readings" "DIRECT.GET.readings.>" -}}
{{- range list "DURABLE.CREATE.readings.%s" "CREATE.readings.%s" "CREATE.readings.%s.>" "INFO.readings.%s" "DELETE.readings.%s" "MSG.NEXT.readings.%s" -}}
{{- $asks = append $asks (printf (printf "CONSUMER.%s" .) $) -}}
{{- end -}}
{{- $subjects := list (printf "$JS.ACK.readings.%s.>" .) -}}
{{- range $asks }}{{ $subjects = append $subjects (printf "$JS.API.%s" .) }}{{ end -}}
{{- toRawJson $subjects -}}
{{- end }}

{{/* What is declared, as the program reads it: the stream as the server knows it, and the devices. */}}
{{- define "iot.declared" -}}
{{- $names := .Values.readers -}}
{{- range $device := .Values.devices -}}
{{- $names = append $names .name -}}
{{- $own := list -}}{{- range .quantities }}{{ $own = append $own .name }}{{ end -}}
{{- if ne (len $own) (len (uniq $own)) }}{{ fail (printf "devices: %s: two quantities have one name" .name) }}{{ end -}}
{{- range $quantity := .quantities -}}
{{- $limits := list -}}{{- range .limits }}{{ $limits = append $limits .name }}{{ end -}}
{{- if ne (len $limits) (len (uniq $limits)) }}{{ fail (printf "devices: %s: %s: two limits have one name" $device.name .name) }}{{ end -}}
{{- end -}}
{{- end -}}
{{- if ne (len $names) (len (uniq $names)) }}{{ fail "devices and readers: two have one name" }}{{ end -}}
{{- $full := include "iot.fullname" . -}}
{{- $stream := dict "name" "readings" "subjects" (list "readings.>") "retention" "limits" "storage" "file" "discard" "old" "allow_direct" true -}}
{{- $limits := dict "max_age" (mul .Values.days 86400000000000) "max_bytes" (include "iot.bytes" .Values.size | int64) "num_replicas" (min 3 .Values.replicas) -}}
{{- $server := dict "server" (printf "tls://%s.%s.svc:4222" $full .Release.Namespace) "mqtt" (printf "ssl://%s.%s.svc:8883" $full .Release.Namespace) -}}
{{- merge $server (dict "stream" (merge $stream $limits) "devices" .Values.devices) | toPrettyJson -}}
{{- end }}

{{- define "iot.placement" -}}
{{- with .Values.placement.level -}}
nodeSelector: { node-restriction.kubernetes.io/hue-infra-level: {{ . | quote }} }
tolerations:
  - { key: node-restriction.kubernetes.io/hue-infra-level, value: {{ . | quote }}, effect: NoSchedule }
{{- end }}
{{- end }}
