### What the engine says of its built-in package “pulumi”.

no-function = the package pulumi has no function { $token }
no-resource = the program has no resource { $urn }, or not yet
no-stack = there is no stack { $name }; a stack of the file backend is named organization/<project>/<stack>
no-text = { $key } must be a text
no-type = the package pulumi has no resource of type { $type }
not-imported = a { $type } cannot be imported
