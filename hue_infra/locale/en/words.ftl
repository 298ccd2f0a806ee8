### The words room itself.

language = English
