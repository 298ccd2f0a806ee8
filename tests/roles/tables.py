"""The table of variables in each role's README, from its argument specification.

``python tests/roles/tables.py`` writes them anew; a test holds them equal.
"""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

ROLES = Path(__file__).parent.parent.parent / "roles"
OURS = ("base", "dns", "time_sync", "pki", "firewall", "routing", "logging", "figures")
USED = ("services",)
"""Roles that other roles use, and no machine calls."""
MARK = "<!-- from meta/argument_specs.yml: python tests/roles/tables.py -->\n"

Options = Mapping[str, Mapping[str, Any]]


def read(path: Path) -> Any:
    return YAML(typ="safe").load(path.read_text("utf-8"))


def options(role: str) -> Options:
    """Inputs of a role."""
    found: Options = read(ROLES / role / "meta" / "argument_specs.yml")["argument_specs"]["main"][
        "options"
    ]
    return found


def table(role: str) -> str:
    """The README's table."""
    lines = ["| Variable | Type | Default | Meaning |", "|---|---|---|---|"]
    for name, option in options(role).items():
        lines += [_line(name, option)]
        for part, inner in option.get("options", {}).items():
            lines += [_line(f"{name}[].{part}", inner)]
    return "\n".join(lines) + "\n"


def _line(name: str, option: Mapping[str, Any]) -> str:
    kind = option["type"] + (f" of {option['elements']}" if "elements" in option else "")
    default = "required" if option.get("required") else f"`{json.dumps(option['default'])}`"
    meaning = option["description"]
    if "choices" in option:
        meaning += f" One of {', '.join(f'`{one}`' for one in option['choices'])}."
    return f"| `{name}` | {kind} | {default} | {meaning} |"


if __name__ == "__main__":
    for each in (*OURS, *USED):
        readme = ROLES / each / "README.md"
        text = readme.read_text("utf-8").partition(MARK)[0]
        readme.write_text(f"{text}{MARK}\n{table(each)}", "utf-8")
    sys.exit(0)
