"""Where the passphrase of a stack's secrets comes from.

In this order: the environment (Pulumi's own variables), the key file in the
operator's configuration directory, the operator.  For a new stack without a
terminal a key file is made there, never beside the state that it opens, and the
operator is told where.
"""

import os
import secrets
from collections.abc import Callable
from pathlib import Path

from hue_infra import places
from hue_infra.errors import InputError
from hue_infra.words import say

VARIABLE = "PULUMI_CONFIG_PASSPHRASE"
FILE_VARIABLE = "PULUMI_CONFIG_PASSPHRASE_FILE"
OWNER_ONLY = 0o600

Ask = Callable[[str], str]
Tell = Callable[[str], None]


def key_file(stack: str) -> Path:
    """Where the key file of *stack* lies, if it has one."""
    return places.config() / "keys" / stack


def passphrase(stack: str, *, is_new: bool, ask: Ask | None, tell: Tell) -> str:
    """Find the passphrase of *stack*.

    Args:
        stack: Its name.
        is_new: Whether it has no state yet.
        ask: Asks the operator without showing the answer; None without a terminal.
        tell: Tells the operator where a new key file is.

    Raises:
        InputError: There is a state and nothing opens it.
    """
    if (given := _from_environment()) is not None:
        return given
    path = key_file(stack)
    if path.exists():
        return path.read_text("utf-8").strip()
    if ask is not None and not is_new:
        return ask(say("stacks.passphrase-ask", stack=stack))
    if not is_new:
        raise InputError(
            say("stacks.passphrase-missing", stack=stack),
            hint=say("stacks.passphrase-missing-hint", variable=FILE_VARIABLE, path=str(path)),
        )
    return _new(path, tell)


def _from_environment() -> str | None:
    if (given := os.environ.get(VARIABLE)) is not None:
        return given
    if path := os.environ.get(FILE_VARIABLE):
        return Path(path).read_text("utf-8").strip()
    return None


def _new(path: Path, tell: Tell) -> str:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    made = secrets.token_urlsafe(32)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(made + "\n")
    tell(say("stacks.passphrase-made", path=str(path)))
    return made
