### What the engine says of the hooks that a program hangs on its resources.

after-failed = after hook { $name } failed:
again = an error hook asks to try again ({ $time } of { $times })
before-failed = before hook { $name } failed:
error-failed = error hook { $name } failed:
missing = hook { $name } is not registered
nameless = a hook needs a name
taken = a hook named { $name } is registered already
too-often = it was tried { $times } times, which is the most that error hooks may ask for
