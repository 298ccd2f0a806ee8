### What the engine says of a run that is told to touch only some resources.

circle = { $name } is to depend on { $other }, which this run leaves alone and which, as it is recorded, depends on { $name }; let the run touch both
left-out = { $name } depends on { $other }, which is new and not among the targets
unknown = target { $target } is neither in the stack nor in the program; a shell may have eaten a "$" in it
unnamed = { $name } would be deleted with what it depends on, but is not among the targets: { $urn }. Name it too, or ask for dependents
