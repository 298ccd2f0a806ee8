# The state of a stack: whether it holds together, and how it is mended.

broken = The state does not hold together, so it is not used:
broken-hint = “hue-infra engine state repair” shows what can be mended, and mends it if you say so. Or put back a copy from { $backups }, or the file ending in .bak beside the state.
broken-more = … and { $count } more
broken-magic = the manifest's version and its checksum do not fit: the file was changed by hand or damaged
broken-type = { $urn } does not end in its type { $type }
broken-id = { $urn } is a component, yet has an id
broken-provider = { $urn } needs the provider { $provider }, which does not stand before it
broken-order = { $urn } needs { $other } ({ $place }), which stands only after it
broken-missing = { $urn } needs { $other } ({ $place }), which is not in the state
broken-twice = { $urn } occurs twice, neither marked for deletion
circle = these resources need each other in a circle: { $urns }
repair-move = { $urn } is put before { $other }, which needs it
repair-drop = { $urn } no longer refers to { $other } ({ $place }), which is not in the state
repair-rename = { $urn } is called { $new } from now on, since its parent is lost or renamed
not-mended = The state cannot be mended without guessing; nothing was changed. What would still be wrong:
not-mended-hint = Put back a copy from { $backups }, or change { $file } by hand after copying it, and run this command again.
unknown = the state has no resource { $urn }
unknown-hint = perhaps you mean { $urn }
twice = { $urn } stands for two resources, of which one awaits its deletion
twice-hint = a run of “up” or “destroy” deletes it; or export the state, edit it and import it
needed = other resources depend on what is to be forgotten:
needed-hint = name them too, or add --target-dependents
protected = these resources are protected:
protected-hint = take their protection off with “hue-infra engine state unprotect”, or add --force
