{{/* Name of the chart. */}}
{{- define "gateway.name" -}}
{{- .Chart.Name | trunc 63 | trimSuffix "-" -}}
{{- end }}

{{/* Name of the release's objects. */}}
{{- define "gateway.fullname" -}}
{{- if contains .Chart.Name .Release.Name -}}
{{- .Release.Name | trunc 63 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 63 | trimSuffix "-" -}}
{{- end -}}
{{- end }}

{{/* Labels that select pods; they never change. */}}
{{- define "gateway.selectorLabels" -}}
app.kubernetes.io/name: {{ include "gateway.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{/* Labels of every object. */}}
{{- define "gateway.labels" -}}
{{ include "gateway.selectorLabels" . }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/part-of: hue-infra
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}

{{/* An ordinary user, as the image knows it. */}}
{{- define "gateway.podSecurity" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
fsGroup: 65532
seccompProfile: { type: RuntimeDefault }
{{- end }}

{{- define "gateway.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: { drop: [ALL] }
{{- end }}

{{- define "gateway.placement" -}}
{{- with .Values.placement.level -}}
nodeSelector: { node-restriction.kubernetes.io/hue-infra-level: {{ . | quote }} }
tolerations:
  - { key: node-restriction.kubernetes.io/hue-infra-level, value: {{ . | quote }}, effect: NoSchedule }
{{- end }}
{{- end }}

{{/* The gateway's own certificate; a new one is taken up as it comes. */}}
{{- define "gateway.own" -}}
{ name: own, sds_config: { path_config_source: { path: /etc/gateway/own.yaml }, resource_api_version: V3 } }
{{- end }}

{{/* Where a provider is, from its name and an address with its port. */}}
{{- define "gateway.endpoint" -}}
{{- $address := index . 1 -}}
{{- $port := regexFind "[0-9]+$" $address -}}
{{- $host := trimSuffix (printf ":%s" $port) $address | trimPrefix "[" | trimSuffix "]" -}}
{ cluster_name: {{ index . 0 }}, endpoints: [{ lb_endpoints: [{ endpoint: { address: { socket_address: { address: {{ $host | quote }}, port_value: {{ $port }} } } } }] }] }
{{- end }}

{{/* Whether that name is among those in the certificate that was shown. */}}
{{- define "gateway.shows" -}}
{ name: x-peer-names, string_match: { safe_regex: { regex: {{ printf "(.*,)?%s(,.*)?" (regexQuoteMeta .) | quote }} } } }
{{- end }}

{{/* The way to a provider: what follows the service's name is its own path, and who asks is told it. */}}
{{- define "gateway.route" -}}
{{- $root := index . 0 -}}{{- $service := index . 1 -}}
request_headers_to_add:
  - { header: { key: x-agency, value: {{ index . 2 }} }, append_action: OVERWRITE_IF_EXISTS_OR_ADD }
route:
  cluster: {{ $service.name }}
  timeout: {{ $root.Values.timeout }}s
  host_rewrite_literal: {{ $service.host }}
  regex_rewrite:
    pattern: { regex: "^/(platform/)?{{ $service.name }}/?(.*)$" }
    substitution: "/\\2"
{{- end }}

{{/* The paths of a contract and what lies below them, as one expression. */}}
{{- define "gateway.paths" -}}
{{- $paths := list -}}
{{- range index . 1 }}{{ $paths = append $paths (trimSuffix "/" . | regexQuoteMeta) }}{{ end -}}
{{- printf "/%s(%s)(/.*)?" (index . 0) (join "|" $paths) -}}
{{- end }}

{{- define "gateway.limit" -}}
envoy.filters.http.local_ratelimit:
  "@type": type.googleapis.com/envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit
  stat_prefix: contracts
  token_bucket: { max_tokens: {{ .perMinute }}, tokens_per_fill: {{ .perMinute }}, fill_interval: 60s }
  filter_enabled: { default_value: { numerator: 100 } }
  filter_enforced: { default_value: { numerator: 100 } }
{{- end }}

{{/* Until the end of that day in Việt Nam. */}}
{{- define "gateway.until" -}}
envoy.filters.http.rbac:
  "@type": type.googleapis.com/envoy.extensions.filters.http.rbac.v3.RBACPerRoute
  rbac:
    rules:
      action: ALLOW
      policies:
        until:
          permissions: [{ any: true }]
          principals: [{ any: true }]
          condition:
            call_expr:
              function: _<=_
              args:
                - select_expr: { operand: { ident_expr: { name: request } }, field: time }
                - call_expr: { function: timestamp, args: [{ const_expr: { string_value: "{{ . }}T23:59:59+07:00" } }] }
{{- end }}

{{/* Refuses what names something that is not declared, and names that are given twice. */}}
{{- define "gateway.checked" -}}
{{- $names := list -}}{{- $certificates := list -}}
{{- range .Values.agencies }}{{ $names = append $names .name }}{{ $certificates = append $certificates .certificate }}{{ end -}}
{{- if ne (len $names) (len (uniq $names)) }}{{ fail "agencies: two have one name" }}{{ end -}}
{{- if ne (len $certificates) (len (uniq $certificates)) }}{{ fail "agencies: two have one certificate" }}{{ end -}}
{{- if has .Values.prover $certificates }}{{ fail "prover: is an agency" }}{{ end -}}
{{- $services := list -}}
{{- range $service := .Values.services -}}
{{- if has .name $services }}{{ fail (printf "services: %s: two have one name" .name) }}{{ end -}}
{{- $services = append $services .name -}}
{{- if not (has .provider $names) }}{{ fail (printf "services: %s: its provider %s is no agency" .name .provider) }}{{ end -}}
{{- $taken := list -}}
{{- range .contracts -}}
{{- if not (has .agency $names) }}{{ fail (printf "services: %s: a contract with %s, which is no agency" $service.name .agency) }}{{ end -}}
{{- if has .agency $taken }}{{ fail (printf "services: %s: two contracts with %s" $service.name .agency) }}{{ end -}}
{{- $taken = append $taken .agency -}}
{{- with .until -}}
{{- if ne . (toDate "2006-01-02" . | date "2006-01-02") }}{{ fail (printf "services: %s: a contract until %s, which is no day" $service.name .) }}{{ end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end }}
