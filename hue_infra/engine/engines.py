"""Which engine deploys: ours, or Pulumi's own.

Nothing here imports pulumi before an engine is made.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final, Literal, get_args

from hue_infra.engine.api import Engine, StackRef

if TYPE_CHECKING:
    from hue_infra.engine.host.project import Project

Name = Literal["embedded", "pulumi"]
NAMES: Final[tuple[Name, ...]] = get_args(Name)


def make(
    name: Name, stack: StackRef, passphrase: Callable[[], str], project: "Project | None" = None
) -> Engine:
    """The engine of that name, for one stack.

    Args:
        name: Which engine.
        stack: The stack and where its state lies; it is the same for every engine.
        passphrase: Asked for the passphrase of the stack's secrets.
        project: The folder of the project, for runs of Pulumi's engine without a program.
    """
    if name == "embedded":
        from hue_infra.engine.embedded import EmbeddedEngine  # noqa: PLC0415 - as below

        return EmbeddedEngine(stack, passphrase)
    # Imported late: it imports pulumi, which those who only read the state must not wait for.
    from hue_infra.engine.pulumi_cli.engine import PulumiEngine  # noqa: PLC0415

    return PulumiEngine(stack, passphrase, project)
