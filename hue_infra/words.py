"""Every sentence the operator reads, in Vietnamese or English, from Fluent catalogues.

A message is named ``room.message-id``: the room is a file
``locale/<language>/<room>.ftl``, the rest its message id.

    >>> use("en")
    >>> say("words.language")
    'English'
"""

import functools
import os
from pathlib import Path

from fluent.runtime import FluentBundle, FluentResource

LANGUAGES = ("vi", "en")
LOCALE = Path(__file__).parent / "locale"
LONGEST = 2000
"""Fluent refuses a value that is much longer, such as a program's last words can be."""

_chosen: list[str] = []


def use(language: str) -> None:
    """Choose the language of this process: ``vi`` or ``en``."""
    _chosen[:] = [language]


def language() -> str:
    """The language chosen, else that of ``HUE_INFRA_LANG`` or the locale, else English."""
    if _chosen:
        return _chosen[0]
    for name in ("HUE_INFRA_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        code = os.environ.get(name, "")[:2]
        if code in LANGUAGES:
            return code
    return "en"


def say(message: str, /, **values: str | int | float) -> str:
    """Return the sentence *message* names, with *values* filled in.

    Raises:
        KeyError: The catalogue has no such message: a bug, caught by a test of the catalogues.
    """
    return say_in(language(), message, **values)


def say_in(code: str, message: str, /, **values: str | int | float) -> str:
    """As `say`, in the language *code* whatever the process uses."""
    room, _, name = message.partition(".")
    bundle = _bundle(code, room)
    pattern = bundle.get_message(name).value
    if pattern is None:
        raise KeyError(message)
    fitting = {key: _cut(value) for key, value in values.items()}
    text, problems = bundle.format_pattern(pattern, fitting)
    if problems:
        raise KeyError(f"{message}: {problems[0]}")
    return str(text)


def _cut(value: str | float) -> str | float:
    """Cut a long text in its middle: both its beginning and its end tell something."""
    if not isinstance(value, str) or len(value) <= LONGEST:
        return value
    return f"{value[: LONGEST // 2]} … {value[-LONGEST // 2 :]}"


@functools.cache
def _bundle(code: str, room: str) -> FluentBundle:
    # Isolation marks would put invisible characters around every value.
    bundle = FluentBundle([code], use_isolating=False)
    text = (LOCALE / code / f"{room}.ftl").read_text("utf-8")
    bundle.add_resource(FluentResource(text))
    return bundle
