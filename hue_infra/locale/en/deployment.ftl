### What the engine says while it deploys.

bad-duration = { $text } is no duration; write for instance 5m or 1h30m
bad-path = { $path } is no path to a property; write for instance spec.ports[0].name
cascade-failed = not every resource that depends on the one to replace could be deleted
check-failed = { $name }: property { $property } is refused:
defaults-disabled = package { $package } needs an explicit provider: its default provider is disabled
duplicate = two resources of the program have the same name: { $urn }
cut-off = an earlier run was cut off while creating it
dynamic-missing = this resource has lost its pickled provider (__provider), so it cannot be managed
dynamic-value = the dynamic provider answered a { $kind } at { $path }, which Pulumi cannot store
feature-refused = this engine does not support { $feature }
import-source = the imported deployment
interrupted = interrupted: waiting for the running steps, then stopping; interrupt again to give up at once
not-looked = { $name } could not be looked at as it is; what is recorded counts:
not-configured = the provider { $name } cannot be set up:
no-id = the provider gave no id for the resource it created
no-parent = the parent is not part of the program: { $parent }
no-provider = there is no provider for package { $package }
option-refused = this engine does not support the option { $option } ({ $resource })
pending = an earlier run was cut off while { $kind ->
    [creating] creating { $name }
    [updating] updating { $name }
    [deleting] deleting { $name }
    [reading] reading { $name }
   *[other] working on { $name }
}; it is looked after again
program-failed = the program failed:
protected-cascade = { $name } must be deleted so that { $root } can be replaced, but it is protected; take protect off it and deploy once before
protected-delete = { $name } ({ $type }) is protected, so it is not deleted; take protect off it and deploy once before
protected-replace = { $name } would be replaced, but it is protected; take protect off it and deploy once before
provider-unknown = the state does not know the provider { $provider }
read-missing = { $name } with id { $id } does not exist
sealed = a secret was not decrypted before it was needed
stopped = the run has stopped; this step was not begun
stopped-outside = the run was stopped as asked: what had begun is finished and recorded, the rest was not begun
not-a-provider = { $name } is no provider, and only providers take env_var_mappings
unknown-resource = the program has no resource { $urn }, or not yet
version = the program wants Pulumi { $wanted }; this engine behaves as { $version }
version-range = { $wanted } is no range of versions; write for instance >=3.200.0 <4.0.0
component-failed = { $type } resource '{ $name }' has a problem:
call-failed = call to function '{ $token }' failed:
invoke-failed = invocation of { $token } returned an error:
