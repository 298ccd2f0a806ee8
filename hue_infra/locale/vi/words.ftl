### The words room itself.

language = Tiếng Việt
