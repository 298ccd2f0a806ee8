{{/* What differs between the two languages of the page. */}}
{{- define "portal.words" -}}
vi:
  title: Cổng dịch vụ đô thị thông minh
  lead: Một nơi cho người dân, doanh nghiệp và cán bộ
  services: Dịch vụ
  none: Chưa có dịch vụ nào được công bố.
  hotline: Đường dây nóng
  skip: Đến phần nội dung
  other: English
  open: Mở
en:
  title: Smart-city services portal
  lead: One place for residents, businesses and officials
  services: Services
  none: No service has been published yet.
  hotline: Hotline
  skip: Skip to content
  other: Tiếng Việt
  open: Open
{{- end }}

{{/* One page.  Call with (dict "values" .Values "language" "vi" "other" "en.html"). */}}
{{- define "portal.page" -}}
{{- $words := index (include "portal.words" . | fromYaml) .language -}}
{{- $english := eq .language "en" -}}
{{- $province := ternary .values.province.name_en .values.province.name $english -}}
<!doctype html>
<html lang="{{ .language }}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ $words.title }} – {{ $province | html }}</title>
<meta name="description" content="{{ $words.lead }}">
<style>
:root { color-scheme: light dark; --ink: #16211f; --soft: #4b5a57; --paper: #f6f8f7; --card: #fff; --edge: #d5dedb; --mark: #0b6b57; --on-mark: #fff }
@media (prefers-color-scheme: dark) { :root { --ink: #e8efed; --soft: #a9b8b4; --paper: #101615; --card: #18211f; --edge: #2c3a37; --mark: #5fd0b5; --on-mark: #08110f } }
* { box-sizing: border-box }
body { margin: 0; font: 1.0625rem/1.6 system-ui, "Noto Sans", sans-serif; color: var(--ink); background: var(--paper) }
a { color: var(--mark) }
a:focus-visible { outline: 3px solid var(--mark); outline-offset: 3px; border-radius: 4px }
.skip { position: absolute; left: -99rem }
.skip:focus { left: 1rem; top: 1rem }
.bar, main, footer { max-width: 66rem; margin: 0 auto; padding: 1.25rem }
.bar { display: flex; flex-wrap: wrap; gap: .5rem 1.5rem; align-items: center; justify-content: space-between }
.bar strong { font-size: 1.125rem }
.lead { background: var(--mark); color: var(--on-mark) }
.lead div { max-width: 66rem; margin: 0 auto; padding: 2.5rem 1.25rem 3rem }
h1 { margin: 0; font-size: clamp(1.75rem, 5vw, 2.75rem); line-height: 1.2; text-wrap: balance }
.lead p { margin: .75rem 0 0; font-size: 1.1875rem }
h2 { font-size: 1.375rem; margin: 1.5rem 0 1rem }
ul { list-style: none; margin: 0; padding: 0; display: grid; gap: 1rem; grid-template-columns: repeat(auto-fill, minmax(17rem, 1fr)) }
li { background: var(--card); border: 1px solid var(--edge); border-radius: .75rem; padding: 1.25rem; position: relative }
li:hover { border-color: var(--mark) }
li a { font-size: 1.125rem; font-weight: 600; text-decoration: none }
li a::after { content: ""; position: absolute; inset: 0 }
li p { margin: .35rem 0 0; color: var(--soft) }
footer { color: var(--soft); border-top: 1px solid var(--edge); margin-top: 2.5rem }
</style>
</head>
<body>
<a class="skip" href="#content">{{ $words.skip }}</a>
<header>
<div class="bar"><strong>{{ $province | html }}</strong><a href="{{ .other }}" hreflang="{{ ternary "vi" "en" $english }}" lang="{{ ternary "vi" "en" $english }}">{{ $words.other }}</a></div>
<div class="lead"><div><h1>{{ $words.title }}</h1><p>{{ $words.lead }}</p></div></div>
</header>
<main id="content">
<h2>{{ $words.services }}</h2>
{{- if .values.services }}
<ul>
{{- range .values.services }}
<li><a href="{{ .url | html }}">{{ ternary .title_en .title $english | html }}</a>
{{- with ternary .description_en .description $english }}<p>{{ . | html }}</p>{{ end }}</li>
{{- end }}
</ul>
{{- else }}
<p>{{ $words.none }}</p>
{{- end }}
</main>
{{- with .values.hotline }}
<footer>{{ $words.hotline }}: <a href="tel:{{ regexReplaceAll "[^0-9+]" . "" }}">{{ . | html }}</a></footer>
{{- end }}
</body>
</html>
{{- end }}
