{{- /* Labels of what belongs to one part: (list root name). */}}
{{- define "kyoo.labels" -}}
app.kubernetes.io/name: kyoo
app.kubernetes.io/instance: {{ (index . 0).Release.Name }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end }}

{{- /* The account of the image, which writes volumes as its group. */}}
{{- define "kyoo.account" -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
fsGroup: 10001
fsGroupChangePolicy: OnRootMismatch
seccompProfile: { type: RuntimeDefault }
{{- end }}

{{- define "kyoo.confined" -}}
readOnlyRootFilesystem: true
allowPrivilegeEscalation: false
capabilities: { drop: [ALL] }
{{- end }}

{{- /* The variables of a service that are no secret: (list root name). */}}
{{- define "kyoo.variables" -}}
{{- $root := index . 0 }}
{{- $name := index . 1 }}
{{- $stores := $root.Values.stores }}
KYOO_PUBLIC_URL: {{ $root.Values.publicUrl | quote }}
JWT_ISSUER: {{ $root.Values.publicUrl | quote }}
JWKS_URL: http://auth:4568/.well-known/jwks.json
KYOO_URL: http://gateway
FORWARDED_ALLOW_IPS: {{ $root.Values.forwardedAllowIps | quote }}
{{- if ne $name "worker" }}
KYOO_METRICS_HOST: 0.0.0.0
KYOO_METRICS_PORT: "9464"
{{- end }}
{{- if has $name (list "auth" "worker") }}
PROFILE_PICTURE_PATH: {{ $stores.profilePictures | quote }}
{{- end }}
{{- if has $name (list "api" "worker") }}
IMAGES_PATH: {{ $stores.images | quote }}
{{- end }}
{{- if has $name (list "transcoder" "worker") }}
GOCODER_METADATA_ROOT: {{ $stores.metadata | quote }}
GOCODER_CACHE_ROOT: /tmp
{{- end }}
{{- if eq $name "worker" }}
KYOO_DATA_DIR: {{ if $root.Values.data }}/data{{ else }}/tmp/kyoo{{ end }}
{{- end }}
{{- range $variable, $value := $root.Values.variables }}
{{ $variable }}: {{ $value | quote }}
{{- end }}
{{- end }}
