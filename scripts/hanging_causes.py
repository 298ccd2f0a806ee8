"""The causes of ``docs/hanging.md``, from the catalogues."""

import re
from collections.abc import Sequence

from hue_infra.words import LOCALE


def rows(languages: Sequence[str]) -> list[tuple[str, ...]]:
    """Each cause with its cure, in every one of *languages*."""
    told = [_sentences(code) for code in languages]
    return [tuple(sentences[cause] for sentences in told) for cause in told[0]]


def _sentences(code: str) -> dict[str, str]:
    """Each cause as it is told, with the names of its values."""
    lines = (LOCALE / code / "hanging.ftl").read_text("utf-8").splitlines()
    messages = dict(line.split(" = ", 1) for line in lines if " = " in line)
    shown = {name: re.sub(r"\{ \$(\w+) \}", r"‹\1›", text) for name, text in messages.items()}
    causes = [name for name in shown if not name.endswith("-cure")]
    return {name: f"{shown[name]} – {shown[f'{name}-cure']}" for name in causes}
