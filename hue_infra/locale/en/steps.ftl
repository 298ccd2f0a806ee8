### What the engine says of aliases, imports, reads and replacements.

alias-taken = { $urn } claims to have been { $alias } before, but { $other } of the program is that resource
alias-was-taken = { $urn } was already taken by { $other }, which claims by an alias to have been it before
ignore-missed = changes of { $paths } cannot be ignored where a part was added or removed
import-missing = { $name } cannot be imported: nothing with id { $id } exists
import-replaced = { $name } was imported and would now be replaced, and so get another id, because of { $keys }; take import_ out of the program first
import-unsupported = { $name } cannot be imported: the provider of { $type } does not tell what it was made of
trigger-unknown = the replacement_trigger of { $name } is not known
