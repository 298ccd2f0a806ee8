# Plugins: provider programs of their own, which the engine starts and asks.

ambient = using { $program } from PATH: { $path }
bad-attach = The variable { $variable } has to read name:port, with commas between several; it says { $given }.
bad-port = The plugin { $name } has to print its port first, a number; it printed: { $said }
died = The plugin { $name } ended with code { $code } before it told its port.
ended = The plugin { $name } ended with code { $code } in the middle of the run.
input-problem = property { $path } has a problem: { $reason }
missing = No plugin serves the package { $name } in version { $version }: nothing is downloaded here.
missing-hint = It was looked for under plugins.providers and packages of Pulumi.yaml, as pulumi-resource-{ $name } on PATH, and as { $folder }/resource-{ $name }-v{ $version }. Put it in one of these places.
missing-setting = The setting { $key } is missing: { $description } Give it by: pulumi config set { $key } <value>
no-answer = The plugin { $name } does not answer as a provider: { $problem }
no-folder = There is no folder { $folder }.
no-parameters = The plugin { $name } cannot serve the package { $package }: { $problem }
no-plugin = { $folder } holds no plugin: neither the program { $program } nor a { $file }.
no-secrets = The plugin { $name } makes components but does not accept secrets, which it must.
no-virtualenv = The virtual environment { $folder } is not there; the plugin runs with the Python of this program.
not-ready = the resource exists, but is not ready
not-runnable = The plugin in { $folder } cannot be run: it has neither a __main__.py nor a pyproject.toml that builds a package.
not-started = The plugin { $name } cannot be started ({ $command }): { $problem }
old = The plugin { $name } is expected in version { $wanted } or newer, but says it is { $found }.
other-package = The plugin { $name } was to serve the package { $wanted }, but says it serves { $found }.
silent = The plugin { $name } has not told its port within { $seconds } seconds.
unknown = The provider { $name } leaves the output { $key } unknown, which only a preview may.
unknown-reference = The program uses the package reference { $ref }, by which it has announced none.
unreachable = nothing listens at the port it told within { $seconds } seconds
value-problem = property { $path } with value '{ "{" }{ $value }{ "}" }' has a problem: { $reason }
