### What is said of Pulumi's own command line as the engine.

missing = there is no “pulumi” on the path, and it was chosen as the engine
missing-hint = install Pulumi's command line, or choose the embedded engine: --engine embedded
old = “pulumi” is too old: version { $found }
wanted = install version { $oldest } of Pulumi's command line or a newer one
silent = “pulumi version” does not answer:
failed = “{ $command }” failed:
locked = another run holds this stack:
no-stack = Pulumi's command line does not find this stack:
no-events = “{ $command }” ended well, but Pulumi's command line did not tell what it did
event = something that Pulumi's command line told was not understood; what it did is in the state
unread = something that Pulumi's command line told could not be read by its SDK: what is shown of this run may lack a step
no-reason = failed without a reason
program = Pulumi's command line runs a project folder or a function, not a { $kind }
config = the configuration { $key } of this run is not what { $file } says; Pulumi's command line takes it from there
option = Pulumi's command line cannot be told this by its Automation API ({ $method }): { $options }
