"""What the operator asked of this run as a whole: how much to say, in what form and colour."""

import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass

import click

LEVELS = (logging.ERROR, logging.WARNING, logging.INFO, logging.DEBUG)


@dataclass
class Session:
    """Choices that every command obeys; options before and after the command fill them in."""

    verbosity: int = 0
    """-1 only errors, 0 as usual, 1 more, 2 for debugging."""
    as_json: bool = False
    colour: bool | None = None
    """None: colour on a terminal only."""

    def say_more(self, by: int) -> None:
        """Raise or lower how much is said."""
        self.verbosity = max(-1, min(2, self.verbosity + by))
        logging.getLogger("hue_infra").setLevel(LEVELS[self.verbosity + 1])


pass_session = click.make_pass_decorator(Session, ensure=True)


def wanted_colour(choice: str, environment: Mapping[str, str] = os.environ) -> bool | None:
    """Whether to colour: the option first, then ``NO_COLOR``, ``FORCE_COLOR`` and ``TERM=dumb``.

    Returns:
        None where the terminal decides.
    """
    if choice != "auto":
        return choice == "always"
    if environment.get("NO_COLOR"):
        return False
    if environment.get("FORCE_COLOR"):
        return True
    return False if environment.get("TERM") == "dumb" else None
