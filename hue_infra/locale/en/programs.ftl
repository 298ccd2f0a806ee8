### The commands that drive any Pulumi program folder: help, questions, displays, refusals.

## Help

preview-short = Show what up would do; touches no resource
preview-help = Runs the program and shows what up would create, change, replace and delete. Touches no resource.
preview-example =
    hue-infra engine preview --diff
    hue-infra engine preview --cwd site --stack dev --json
up-short = Create or update the resources of a stack
up-help = Runs the program of a Pulumi project folder and makes the stack as it says: shows a preview, asks, then creates, changes, replaces and deletes. A stack that does not exist yet is made. Interrupted or killed at any moment, the next run goes on from there. With --json its events are printed in Pulumi's form, one JSON object a line.
up-example =
    hue-infra engine up --cwd site --stack dev
    hue-infra engine up --yes --target '**::database'
refresh-short = Record the resources of a stack as they really are
refresh-help = Asks the providers what each resource is now and records that in the state. Changes no resource.
refresh-example = hue-infra engine refresh --preview-only
destroy-short = Delete the resources of a stack
destroy-help = Deletes all resources that the state of the stack holds, dependents first. The stack itself and its settings stay, unless --remove is given. Resources with hooks for deletion need --run-program.
destroy-example = hue-infra engine destroy --stack dev --yes
stack-short = The stacks of a project and what they hold
stack-help = Lists, makes and forgets the stacks of a project; shows, exports and imports what they hold.
stack-example =
    hue-infra engine stack ls
    hue-infra engine stack output endpoint
stack-ls-short = List the stacks of the project
stack-ls-help = Lists the stacks of the project with their last run and number of resources, or those of all projects in the backend.
stack-ls-example = hue-infra engine stack ls --all
stack-init-short = Make a stack, empty
stack-init-help = Makes a stack without resources and records the check value of its passphrase in the state and in Pulumi.<stack>.yaml.
stack-init-example = hue-infra engine stack init dev
stack-rm-short = Forget a stack and its settings
stack-rm-help = Removes the state of a stack with its backups and history, and its Pulumi.<stack>.yaml. Refuses while the stack has resources, unless forced.
stack-rm-example = hue-infra engine stack rm dev --yes
stack-export-short = Print the state as JSON
stack-export-help = Prints the state in the form of pulumi stack export. Secrets stay encrypted unless asked for in clear.
stack-export-example = hue-infra engine stack export --file state.json
stack-import-short = Replace the state by an exported one
stack-import-help = Replaces the state by an exported one from a file or stdin, after checking that it holds together and is of this stack.
stack-import-example = hue-infra engine stack import --file state.json
stack-history-short = Show what past runs did
stack-history-help = Shows what past runs of the stack did, the latest first.
stack-history-example = hue-infra engine stack history --page-size 5
stack-output-short = Show the outputs, or one of them
stack-output-help = Shows the outputs of the stack as last recorded, or the one that is named. Secrets are masked unless asked for.
stack-output-example =
    hue-infra engine stack output endpoint
    hue-infra engine stack output --json --show-secrets
config-short = The configuration of a stack
config-help = Shows and changes the settings in Pulumi.<stack>.yaml. A key without a namespace is of the project's own; --path reaches into objects and lists.
config-example =
    hue-infra engine config set region hue
    hue-infra engine config set --secret token < token.txt
config-ls-short = List all settings
config-ls-help = Lists the settings of the stack, the project's own among them. Secrets are masked unless asked for.
config-ls-example = hue-infra engine config ls --show-secrets
config-get-short = Print one setting
config-get-help = Prints the value of a setting in clear.
config-get-example = hue-infra engine config get --path 'servers[0].name'
config-set-short = Give a setting a value
config-set-help = Records the value of a setting. Without a value on the line it is read from stdin, or asked for, unseen if secret. Inside an object or a list, whole numbers, true and false are recorded as such; an outermost value is always text.
config-set-example =
    hue-infra engine config set region hue
    hue-infra engine config set --secret token < token.txt
    hue-infra engine config set --path 'servers[0].name' web
config-rm-short = Take settings away
config-rm-help = Takes settings out of Pulumi.<stack>.yaml.
config-rm-example = hue-infra engine config rm region
state-short = Change the state by hand
state-help = Changes the state of a stack without touching any resource. A copy of the state as it was is kept.
state-example = hue-infra engine state repair
state-repair-short = Mend a state that does not hold together
state-repair-help = Shows what is wrong with the state and what would mend it: an order in which each resource follows what it needs, and no references to what is not there. Mends it only when agreed to, or with --yes.
state-repair-example =
    hue-infra engine state repair
    hue-infra engine state repair --yes
state-unprotect-short = Let protected resources be deleted
state-unprotect-help = Takes the protection off the resources named by URN, or off all.
state-unprotect-example = hue-infra engine state unprotect --all --yes
state-delete-short = Forget resources without touching them
state-delete-help = Takes the resources named by URN out of the state; what they stand for is left as it is. Refuses what others depend on and what is protected, unless told otherwise.
state-delete-example = hue-infra engine state delete 'urn:pulumi:dev::site::cloud:index:Disk::old'

option-cwd = Folder of the project, or one inside it. Without it: this one.
option-stack = Name of the stack. Without it: PULUMI_STACK, else the only stack there is.
option-backend = Where states are kept, file://DIRECTORY. Without it: PULUMI_BACKEND_URL, else the project's, else file://~.
option-yes = Do not ask.
option-skip-preview = Do it at once, without a preview and without asking.
option-preview-only = Show only what would be done.
option-continue-on-error = After a failure go on with what does not depend on it.
option-run-program = Run the program too, for its providers and hooks.
option-remove = Forget the stack and its settings once it is empty.
option-target = URN, or glob of URNs, to act on, leaving all others alone. May be repeated.
option-target-dependents = Count what depends on a target as one too.
option-exclude = URN, or glob of URNs, to leave alone. May be repeated.
option-exclude-dependents = Leave alone what depends on an excluded resource too.
option-replace = URN, or glob of URNs, to replace even if nothing differs. May be repeated.
option-target-replace = As --target and --replace together.
option-refresh = Look at every resource as it is before comparing. Without it: as the project says.
option-parallel = How many steps run at a time.
option-expect-no-changes = Exit with code 6 if anything changes.
option-config = Setting to record before the run, KEY=VALUE. May be repeated.
option-config-path = Take the keys of --config for paths.
option-policy-pack = Folder of a policy pack to hold every resource against. May be repeated.
option-policy-pack-config = JSON file that configures the policy pack at the same place. May be repeated.
option-diff = Show changes property by property.
option-show-sames = Show unchanged resources too.
option-show-reads = Show resources that are only looked up too.
option-show-secrets = Show secrets in clear.
option-suppress-outputs = Do not show the stack's outputs.
option-debug = Tell also what the program and its SDK say for debugging.
option-all = All of them.
option-force = Do it though a check speaks against it.
option-preserve-config = Leave Pulumi.<stack>.yaml in place.
option-file = File instead of stdin or stdout.
option-page = Which page.
option-page-size = How many runs a page has.
option-shell = Print lines that a shell can read.
option-path = Take the key for a path into an object or a list.
option-secret = Encrypt the value.
option-plaintext = Keep the value in clear without a warning.
option-raw = Keep the line end that stdin ends with.

## Stacks, folders, passphrases

backend = { $url } is no backend that this engine has
backend-hint = it keeps states in a directory: write file:// and its path, such as file:///srv/states
no-folder = there is no folder { $folder }
no-stack = project { $project } has no stack { $stack }
no-stack-hint = “hue-infra engine stack init { $stack }” makes it; there are: { $names }
no-stacks = project { $project } has no stack yet, and none is named
no-stacks-hint = name one with --stack; “up” and “stack init” make it
which-stack = project { $project } has several stacks, and none is named
which-stack-hint = name one with --stack: { $names }
other-project = { $stack } is no stack of project { $project }; write the stack's name alone, or organization/{ $project }/NAME
stack-exists = stack { $stack } exists already
stack-made = Stack { $stack } is made.
stack-kept = The resources are gone; stack { $stack }, its history and settings are kept. “hue-infra engine stack rm { $stack }” forgets them.
stack-removed = Stack { $stack } is forgotten.
stack-rm-warning = Stack { $stack } will be forgotten for good, with its settings and its history.
stack-not-empty =
    { $count ->
        [one] stack { $stack } still has a resource
       *[other] stack { $stack } still has { $count } resources
    }
stack-not-empty-hint = “hue-infra engine destroy --stack { $stack }” deletes them; --force forgets them without touching them
stack-name = Name
stack-updated = Last run
stack-resources = Resources
init-name = the new stack needs a name
passphrase-missing = the passphrase of stack { $stack } is not known, and there is no terminal to ask for it on
passphrase-missing-hint = set { $variable }, or { $file_variable } to the path of a file that holds it
passphrase-ask = Passphrase of stack { $stack }:
passphrase-new = Passphrase for the secrets of the new stack { $stack }:
passphrase-again = The same passphrase again:
passphrase-differs = the two passphrases differ
passphrase-file = { $variable } names a file that cannot be read: { $problem }
target-and-exclude = --target and --exclude cannot be combined
pack-configs = there are { $packs } policy packs, but { $configs } configurations; give one for each, in the same order
setting-form = “{ $text }” is no setting; write KEY=VALUE
not-read = { $file } cannot be read: { $problem }
not-written = the file cannot be written: { $problem }
import-foreign = { $file } holds resources of another stack than { $stack }, such as { $urn }
import-foreign-hint = export from the stack that you mean, or add --force
imported = The state of { $stack } is replaced.
no-output = stack { $stack } has no output “{ $name }”.
output-name = Output
output-value = Value
history-none = Stack { $stack } has no runs yet.
history-kind = Kind
history-ended = Ended
history-took = Took
history-result = Result
history-changes = Changes
config-key = Key
config-value = Value
config-none = stack { $stack } has no setting { $key }
config-ask = Value of { $key }:
config-clear = { $key } looks like a secret and is kept in clear; --secret encrypts it

## The state by hand

state-whole = The state of { $stack } holds together; there is nothing to mend.
state-problems = What is wrong:
state-repairs = What would mend it:
state-mend = Mend it?
state-mended = The state is mended. As it was: { $copy }
state-which = name the resources by URN, or say --all
state-edit = In the state of { $stack }:
state-forgets = { $urn } is forgotten
state-frees = { $urn } is no longer protected
state-same = Nothing would change.
state-question = Change the state so?
state-edited = The state is changed. As it was: { $copy }

## Runs

previewing =
    { $kind ->
        [refresh] Previewing the refresh of { $stack } …
        [destroy] Previewing the destruction of { $stack } …
       *[up] Previewing { $stack } …
    }
performing =
    { $kind ->
        [refresh] Refreshing { $stack } …
        [destroy] Destroying { $stack } …
       *[up] Updating { $stack } …
    }
question =
    { $kind ->
        [refresh] Record this in the state of { $stack }? No resource is changed.
        [destroy] Delete these resources of { $stack } for good?
       *[up] Do all this to { $stack }?
    }
choices = [y/N/d for details]
details = d details
run-failed =
    { $preview ->
        [True] the preview failed; nothing was touched
       *[False] not everything could be done; what was done is recorded
    }
policies-broken =
    { $preview ->
        [True] mandatory policies are broken; nothing was touched
       *[False] mandatory policies are broken; what was done before is recorded
    }
unexpected = there are changes where none were expected

## The display

heading-type = Type
heading-name = Name
heading-plan = Plan
heading-status = Status
heading-info = Info
running = running
unknown = [unknown]
plan =
    { $op ->
        [create] create
        [update] update
        [delete] delete
        [replace] replace
        [create-replacement] create replacement
        [delete-replaced] delete original
        [read] read
        [read-replacement] read for replacement
        [read-discard] discard
        [discard-replaced] discard original
        [refresh] refresh
        [import] import
        [import-replacement] import replacement
       *[same] { "" }
    }
doing =
    { $op ->
        [create] creating
        [update] updating
        [delete] deleting
        [replace] replacing
        [create-replacement] creating replacement
        [delete-replaced] deleting original
        [read] reading
        [read-replacement] reading for replacement
        [read-discard] discarding
        [discard-replaced] discarding original
        [refresh] refreshing
        [import] importing
        [import-replacement] importing replacement
       *[same] { "" }
    }
did =
    { $op ->
        [create] created
        [update] updated
        [delete] deleted
        [replace] replaced
        [create-replacement] created replacement
        [delete-replaced] deleted original
        [read] read
        [read-replacement] read for replacement
        [read-discard] discarded
        [discard-replaced] discarded original
        [refresh] refreshed
        [import] imported
        [import-replacement] imported replacement
       *[same] { "" }
    }
failed =
    { $op ->
        [create] creating failed
        [update] updating failed
        [delete] deleting failed
        [replace] replacing failed
        [create-replacement] creating replacement failed
        [delete-replaced] deleting original failed
        [read] reading failed
        [read-replacement] reading failed
        [read-discard] discarding failed
        [discard-replaced] discarding failed
        [refresh] refreshing failed
        [import] importing failed
        [import-replacement] importing failed
       *[same] failed
    }
said-error =
    { $count ->
        [one] 1 error
       *[other] { $count } errors
    }
said-warning =
    { $count ->
        [one] 1 warning
       *[other] { $count } warnings
    }
said-info =
    { $count ->
        [one] 1 message
       *[other] { $count } messages
    }
said-debug =
    { $count ->
        [one] 1 debug message
       *[other] { $count } debug messages
    }
said-policy =
    { $count ->
        [one] 1 policy broken
       *[other] { $count } policies broken
    }
severity-debug = debug
severity-error = error
severity-warning = warning
diff-hidden = (changes hidden by the program: { $paths })
changes = Changes:
policies = Policies:
own-rules = rules of this program
mended =
    { $count ->
        [one] (1 resource)
       *[other] ({ $count } resources)
    }
diagnostics = Diagnostics:
outputs = Outputs:
resources = Resources:
would =
    { $op ->
        [create] { $count } to create
        [update] { $count } to update
        [delete] { $count } to delete
        [replace] { $count } to replace
        [import] { $count } to import
       *[other] { $count } to { $op }
    }
done =
    { $op ->
        [create] { $count } created
        [update] { $count } updated
        [delete] { $count } deleted
        [replace] { $count } replaced
        [import] { $count } imported
       *[other] { $count } { $op }
    }
changed-all = { $count } changes
unchanged = { $count } unchanged
errored = { $count } errored
duration = Duration:
