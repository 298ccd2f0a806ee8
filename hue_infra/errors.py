"""Errors a reader can act on, and the exit code each one carries.

Code 1 is left for a bug and 2 for a mistyped command (Click's own)::

    HueError
    ├── InputError     3  a file or setting the operator wrote does not hold together
    ├── PolicyError    4  a plan breaks a mandatory rule
    ├── RemoteError    5  a machine, a cluster or a tool refused or did not answer
    │   └── ToolError     another program failed; carries its last lines
    ├── EngineError    5  the engine could not finish the deployment
    │   └── LockedError   somebody else holds the stack
    ├── DriftError     6  a change is pending where none was wanted
    └── VerifyError    7  what was built does not do what it must
"""


class HueError(Exception):
    """Base of every expected failure: what is wrong, and what to do next."""

    exit_code = 1

    def __init__(self, problem: str, *, hint: str = "") -> None:
        super().__init__(problem)
        self.hint = hint


class InputError(HueError):
    """A file or setting the operator wrote does not hold together."""

    exit_code = 3


class PolicyError(HueError):
    """A plan breaks a mandatory rule."""

    exit_code = 4


class RemoteError(HueError):
    """A machine, a cluster or a tool refused or did not answer."""

    exit_code = 5


class UnreachedError(RemoteError):
    """A machine is not there, or does not let us in: nothing was asked of it."""


class ToolError(RemoteError):
    """Another program failed; the message retells its last lines."""


class EngineError(HueError):
    """The engine could not finish the deployment."""

    exit_code = 5


class LockedError(EngineError):
    """Somebody else holds the stack."""


class DriftError(HueError):
    """A change is pending where none was wanted."""

    exit_code = 6


class VerifyError(HueError):
    """What was built does not do what it must."""

    exit_code = 7
