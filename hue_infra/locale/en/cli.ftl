### The command line: help, questions, progress, results.

## Help

main-help =
    Builds and looks after the digital infrastructure of a Vietnamese province from one typed file: data centre, networks, machines, Kubernetes, platforms.

    Without a province.yaml in the current directory it works on the reference province, Thừa Thiên Huế.
main-example =
    hue-infra preview
    hue-infra up
    hue-infra --lang vi up --help
help-usage = Usage:
help-options = Options
help-common = Options of every command
help-example = Example
help-default = default: { $value }
help-options-word = [OPTIONS]
help-command-word = COMMAND [ARGUMENTS]…
section-describe = Describe a province
section-build = Build it
section-operate = Look after it
section-see = See it
section-snapshots = Snapshots
section-keeping = Keeping it in order
section-program = The program itself
section-pulumi = Drive any Pulumi program
section-run = Run a program
section-keep = Look after its stacks
section-stacks = Stacks
section-held = What a stack holds
section-settings = Settings
section-edits = Edits

metavar-province = PATH|NAME
metavar-stack = NAME
metavar-date = DATE
metavar-count = N
metavar-file = FILE
metavar-directory = DIRECTORY
metavar-cluster = CLUSTER
metavar-snapshot = SNAPSHOT
metavar-machine = MACHINE
metavar-shell = SHELL
metavar-words = [-- WORD…]
metavar-url = URL
metavar-urn = URN
metavar-setting = KEY=VALUE
metavar-key = KEY
metavar-keys = KEY…
metavar-value = [VALUE]
metavar-stack_name = [NAME]
metavar-property_name = [OUTPUT]
metavar-urns = [URN…]

option-help = Show this help and exit.
option-verbose = Say more; twice for debugging.
option-quiet = Say only errors.
option-json = Print one JSON document on stdout.
option-lang = Language of every text; else HUE_INFRA_LANG or LANG.
option-color = Colour: on a terminal, always, never. NO_COLOR is obeyed.
option-version = Show the version, as the command of that name does.
option-province = File, directory or name of a shipped province. Without it: province.yaml here, else hue.
option-stack = Name of the stack. Without it: the province's codename and -lab.
option-date = Day the province is resolved at, such as 2022-01-05. Without it: the file's, else today.
option-target = Build the lab on this machine, or real machines over SSH.
option-scope = Only the lab's sites, or the whole province. Without it: as the target.
option-parallel = How many steps run at a time.
option-engine = What deploys: the engine that comes along, or Pulumi's command line from the path. Without it: as the province file says.
option-policy-pack = Folder of a policy pack to ask beside our own rules; may be given several times.
option-policy-pack-config = JSON file with the settings of the pack named at the same place; give one for each pack or none.
option-yes = Do not ask.
option-expect-no-changes = Exit with code 6 when a change is pending.
option-refresh = Look at everything as it really is first, also inside machines; takes a minute or more.
option-from = The reference province to copy.
option-output = File to write; without it stdout, or a file here on a terminal.

new-short = Begin a province from a reference province
new-help = Copies a reference province into a new directory, ready to be changed.
new-example = hue-infra new quang-tri --from hue
validate-short = Check the province file and tell every error at once
validate-help = Checks the province file: form, units, references, addresses, rules. Tells every error at once with file, line and column, and what to write instead. Changes nothing.
validate-example = hue-infra validate --province provinces/hue --date 2022-01-05
size-short = Reckon links, storage, machines, materials
size-help = Reckons what the province needs: the load of every link, storage for recordings, machines, the bill of materials.
size-example = hue-infra size --json
diagram-short = Draw the province as SVG
diagram-help = Draws tiers, sites, zones and links with their load as an SVG picture.
diagram-example = hue-infra diagram --output hue.svg
schema-short = Print the JSON Schema of the province file
schema-help = Prints the JSON Schema of the province file, so that editors complete and check it.
schema-example = hue-infra schema > province.schema.json
preview-short = Show what up would do; touches nothing
preview-help = Shows what up would create, change, replace and remove, property by property, and holds the plan against the rules. Touches nothing.
preview-example =
    hue-infra preview
    hue-infra preview --scope province --date 2022-01-05
up-short = Build the province, or bring it up to its file
up-help = Previews, holds the plan against the rules, asks once, builds layer by layer, verifies, and ends with the addresses to open. Interrupted or killed at any moment, it goes on where it stopped when run again.
up-example =
    hue-infra up
    hue-infra up --yes --json > up.json
    hue-infra up --refresh
destroy-short = Remove everything the stack has built
destroy-help = Removes everything the stack has built. Asks for the stack's name to be typed, unless --yes is given. Running it twice is fine.
destroy-example = hue-infra destroy --stack hue-lab
status-short = Show how the stack stands
status-help = Shows resources by layer, machines, the last run, who holds the lock and the addresses to open. Reads files only and takes no time.
status-example = hue-infra status --json
verify-short = Prove that what stands does what it must
verify-help = Checks every machine and the services across them, and keeps the evidence. Exits with code 7 when a check fails.
verify-example = hue-infra verify --verbose
drift-short = Show what is otherwise than it was made
drift-help = Looks at everything that stands, objects of clusters, machines inside and out, networks, certificates, and names what was changed or removed behind the program's back, and what could not be looked at. Touches nothing; the next up puts it right. Exits with code 6 when something differs, with 5 when nothing does but not everything could be looked at.
drift-example =
    hue-infra drift
    hue-infra drift --json > drift.json
cluster-short = Look after a Kubernetes cluster
cluster-help = Looks after the Kubernetes clusters that the stack has built: how they stand, ways into them, snapshots, versions.
cluster-example =
    hue-infra cluster status
    hue-infra cluster snapshot
shell-short = Open a shell on a machine of the lab
shell-help = Opens a shell on a machine of the lab, or runs one command there.
shell-example =
    hue-infra shell dc-core1
    hue-infra shell dc-core1 -- systemctl --failed
ca-short = Print the province's root certificate
ca-help = Prints the certificate of the province's authority as PEM. Given to a browser or to curl it makes the province's pages trusted. The machine that holds the authority must be running.
ca-example = hue-infra ca > province-ca.crt
engine-short = Drive a Pulumi project folder
engine-help = Drives the program of any Pulumi project folder in Python with the embedded engine, without Pulumi's own command line. States, settings and secrets are in Pulumi's formats.
engine-example =
    hue-infra engine stack init dev --cwd site
    hue-infra engine up --cwd site --stack dev
    hue-infra engine destroy --cwd site --stack dev --yes
completion-short = Print the script by which a shell completes commands
completion-help = Prints the script by which a shell completes commands and options at Tab. SHELL is bash, zsh or fish.
completion-example =
    eval "$(hue-infra completion bash)"    # ~/.bashrc
    eval "$(hue-infra completion zsh)"     # ~/.zshrc
    hue-infra completion fish | source     # ~/.config/fish/config.fish
version-short = Show the version
version-help = Shows the version of the program and of what it stands on.
version-example = hue-infra version --json

## Errors

error-title = Error:
hint-title = Hint:
warning-title = Warning:
error-help = “{ $command } --help” tells how it is used
error-command = there is no command “{ $name }”.
error-nearest = Did you mean “{ $name }”?
error-option = there is no option “{ $name }”.
error-missing = “{ $name }” is missing.
error-value = “{ $name }”: { $problem }
error-needs-value = the option “{ $name }” wants a value.
error-no-value = the option “{ $name }” takes no value.
error-extra = nothing was expected after the arguments, but there is: { $words }
error-choice = “{ $value }” is none of: { $choices }
error-date = “{ $value }” is no day; write year-month-day, such as 2022-01-05
error-count = “{ $value }” is no whole number from 1
interrupted = Interrupted.
bug = Something went wrong inside hue-infra; this is a bug, not your mistake.
bug-hint = the details are in { $path }; please report them
no-province = there is no province “{ $name }”: neither a file, nor a directory with a province.yaml, nor a shipped name
no-province-hint = shipped provinces: { $names }; “hue-infra new” begins one of your own
nobody-to-ask = there is no terminal to ask for agreement on
nobody-to-ask-hint = add --yes to go on without being asked

## Questions

confirm-choices = [y/N]
confirm-yes = y yes
up-question = Do all this to { $stack }?
nothing-done = Nothing was done.
destroy-warning = Everything in { $stack } will be removed for good:
destroy-question = Type { $stack } to confirm:

## Gate

preflight-failed = this machine lacks what is needed; nothing was touched
gate-failed =
    { $count ->
        [one] a mandatory rule is broken; nothing was touched
       *[other] { $count } mandatory rules are broken; nothing was touched
    }
gate-mend = to mend it: { $mend }
gate-hint = change the province file as told above and run the command again
preview-failed = the plan could not be made; nothing was touched

## Preview

previewing = Previewing { $stack } …
no-changes = No changes: all stands as the file says ({ $span }).
changes-pending = changes are pending where none were wanted
changes-pending-hint = run “hue-infra up” to make them, or mend what drifted
diff-unknown = known after apply
diff-replaces = (replaced because of: { $properties })
diff-many = × { $count }
diff-file = file { $hash }
diff-more = … and { $count } more (-v shows all)
diff-role = role { $role }
diff-content = the role's files changed
diff-instance = the machine is made anew
count-create = { $count } to create
count-update = { $count } to change
count-replace = { $count } to replace
count-delete = { $count } to remove
count-same = { $count } unchanged

## Layers and kinds

layer-network = Network
layer-machines = Machines
layer-configuration = Configuration
layer-cluster = Cluster
layer-platforms = Platforms
layer-verification = Verification
kind-network = Network
kind-link = Link
kind-forward = Door to this machine
kind-base = Base image
kind-machine = Machine
kind-configuration = Configuration
kind-artefacts = Programs of Kubernetes
kind-access = Cluster access
kind-certificate = Certificate
kind-stack = Stack
kind-provider = Provider

## Progress

# Forms of a day and a moment, for strftime.
day = %Y-%m-%d
moment = %Y-%m-%d %H:%M
# Before tenths, and between thousands.
decimal = { "." }
thousands = { "," }
span-short = { $seconds } s
span-seconds = { $seconds } s
span-minutes = { $minutes } min { $seconds } s
progress-more = and { $count } more
progress-waits = { $name } waits: { $what }
progress-failed = failed: { $problem }
doing-create = being created
doing-update = being changed
doing-replace = being replaced
doing-delete = being removed
did-create = created
did-update = changed
did-replace = replaced
did-delete = removed
stopping = Stopping: the steps under way are brought to their end, no more are begun. Ctrl-C again ends at once.
resume = run “{ $command }” again: it goes on where it stopped
run-failed = not everything could be done; what was done is recorded
done = Done in { $span }.
verifying = Verifying …
unproved = No changes, but what stands has passed no verification since it was built. Verifying …

## Results

verdict-passed = passed
verdict-failed = failed
verdict-skipped = skipped
table-verdict = Verdict
table-where = Where
table-check = Check
table-seen = What was seen
evidence = Evidence: { $path }
table-layer = Layer
table-resources = Resources
verify-summary = Checks: { $passed } passed, { $failed } failed, { $skipped } skipped.
verify-failed =
    { $count ->
        [one] one check failed
       *[other] { $count } checks failed
    }
verify-hint = the evidence tells what was asked and what came back; mend it and run “hue-infra verify” again
drift-looking = Looking at everything in { $stack } as it really is …
drift-unseen-title = Could not be looked at
drift-summary = Looked at { $seen } resources in { $span }: { $differing } changed, { $gone } gone, { $unseen } could not be looked at.
drift-found =
    { $count ->
        [one] one resource is not as it was made
       *[other] { $count } resources are not as they were made
    }
drift-hint = “{ $command }” puts it right; what is to stay as it is now belongs into the province file or a role
drift-unseen =
    { $count ->
        [one] one resource could not be looked at, so nothing is known of it
       *[other] { $count } resources could not be looked at, so nothing is known of them
    }
drift-unseen-hint = bring back what does not answer, by “{ $command }” if it is the lab's, and look again
endpoints = Addresses to open
try = Try it from this machine
next = Next
next-validate = check the province file
next-size = reckon what it needs
next-up = build it
next-status = how it stands
next-verify = prove again that it works
next-destroy = remove it all
destroy-done = { $stack } is removed.
destroy-nothing = { $stack } had nothing left to remove.
status-empty = Nothing stands in { $stack } yet.
fact-home = Kept in
fact-last-run = Last run
fact-engine = Engine
engine-embedded = embedded
engine-pulumi = Pulumi's command line
fact-lock = Lock
fact-machines = Machines
lock-free = free
lock-held = held by { $who } since { $since }
last-run-none = none yet
last-run = { $kind }, { $result }, { $started } ({ $span })
run-update = built
run-destroy = removed
run-refresh = looked at
run-import = imported
result-in-progress = not ended
result-succeeded = succeeded
result-failed = failed
machines-running = { $running } running, { $stopped } stopped
machine-runs = running
machine-stopped = stopped
diagram-done = The drawing is in { $path }.
new-done = { $path } is ready: open it and make it yours.
new-exists = { $path } exists and is not empty
new-exists-hint = name a new directory; nothing is ever overwritten
shell-unknown = the lab has no machine “{ $name }”.
shell-machines = machines of the lab: { $names }
shell-none = the lab has no machines; “hue-infra up” builds it
version-hue-infra = hue-infra
version-state = State format
version-pulumi = Pulumi SDK
version-ansible-core = Ansible
version-python = Python
version-unknown = not installed
fact-province = Province
count-sites = Sites
count-segments = Network zones
count-links = Links
count-machines = Machines
count-cameras = Cameras
count-rooms = Meeting rooms
count-platforms = Platforms
count-flows = Allowed flows
validate-done = { $path } holds together.
validate-title = { $title }, as of { $date }
install-question = This machine lacks { $packages }. Install with apt?
installing = Installing { $packages } …
