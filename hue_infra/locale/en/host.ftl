# Project folders that are run by a Python of their own, and their files.

bad-key = { $key } is no key of the configuration; write name or namespace:name
config-default = the default of { $key } is not of the kind { $kind }
config-foreign = { $key } is of another package: a project can only give it a value
config-items = { $key } is an array and must say what it holds, under “items”
config-kind = { $key } cannot be of the kind { $kind }; there are: { $kinds }
config-misfit = { $key } must be of the kind { $kind }
config-missing = stack { $stack } lacks the setting { $key }; “hue-infra engine config set { $key }” gives it a value
config-secure = { $key }: an object whose only key is “secure” would be taken for an encrypted value
config-through = { $key } leads through something that is no object or list, or past a list's end
config-unencrypted = { $key } must be encrypted; “hue-infra engine config set --secret { $key }” does that
no-main = there is no folder or file { $main } below the project
no-mapping = the outermost value must be a mapping of keys to values
no-project = there is no Pulumi project in { $folder } or in a folder above it
no-project-hint = a project is a folder with a Pulumi.yaml; name it with --cwd
no-project-name = the project needs a name
no-typechecker = The typechecker option is set to { $checker }, but { $checker } is not installed. Please add an entry for { $checker } to requirements.txt and install it.
no-virtualenv = The virtual environment { $folder } is not there; the program runs in the Python of this engine.
not-a-list = { $key } must be a list
not-a-mapping = { $key } must be a mapping
not-a-text = { $key } must be text
plugin-incomplete = each provider under plugins needs a name and a path
program-exited = the program ended with exit code { $code } without saying why
toolchain = there is no toolchain { $name }; there are: { $known }
typechecker = there is no type checker { $name }; there are: { $known }
types-wrong = { $checker } finds the program's types wrong, so it was not run
