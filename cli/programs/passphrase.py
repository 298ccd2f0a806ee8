"""Where the passphrase of a program's stack comes from: Pulumi's variables, else the operator."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Final

from hue_infra.errors import InputError
from hue_infra.words import say

VARIABLE: Final = "PULUMI_CONFIG_PASSPHRASE"
FILE_VARIABLE: Final = "PULUMI_CONFIG_PASSPHRASE_FILE"


def passphrase(stack: str, *, is_new: bool, ask: Callable[[str], str] | None) -> str:
    """Find the passphrase of *stack*.

    Args:
        stack: Its name.
        is_new: Whether it has none yet; then it is asked for twice.
        ask: Asks the operator without showing the answer; None where nobody can be asked.

    Raises:
        InputError: Nothing gives one, the file that should cannot be read, or the two differ.
    """
    if (given := os.environ.get(VARIABLE)) is not None:
        return given
    if path := os.environ.get(FILE_VARIABLE):
        return _read(Path(path))
    if ask is None:
        raise InputError(
            say("programs.passphrase-missing", stack=stack),
            hint=say(
                "programs.passphrase-missing-hint", variable=VARIABLE, file_variable=FILE_VARIABLE
            ),
        )
    if not is_new:
        return ask(say("programs.passphrase-ask", stack=stack))
    chosen = ask(say("programs.passphrase-new", stack=stack))
    if ask(say("programs.passphrase-again")) != chosen:
        raise InputError(say("programs.passphrase-differs"))
    return chosen


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as problem:
        raise InputError(
            say("programs.passphrase-file", variable=FILE_VARIABLE, problem=str(problem))
        ) from problem
