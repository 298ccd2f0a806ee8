"""How steps and types are drawn, as Pulumi draws them."""

import re
from typing import Final

from hue_infra.engine.api import Op

SIGNS: Final[dict[Op, str]] = {
    "same": "  ",
    "create": "+ ",
    "update": "~ ",
    "delete": "- ",
    "replace": "+-",
    "create-replacement": "++",
    "delete-replaced": "--",
    "read": "> ",
    "read-replacement": ">>",
    "refresh": "~ ",
    "read-discard": "< ",
    "discard-replaced": "<<",
    "remove-pending-replace": "~ ",
    "import": "= ",
    "import-replacement": "=>",
}
"""In the order in which they are counted."""
COLOURS: Final[dict[Op, str]] = {
    "same": "dim",
    "create": "green",
    "update": "yellow",
    "delete": "red",
    "replace": "magenta",
    "create-replacement": "green",
    "delete-replaced": "red",
    "read": "cyan",
    "read-replacement": "magenta",
    "refresh": "yellow",
    "read-discard": "red",
    "discard-replaced": "red",
    "remove-pending-replace": "dim",
    "import": "green",
    "import-replacement": "magenta",
}


def display_type(type_: str) -> str:
    """A type without the part of its module that only repeats its name.

    >>> display_type("aws:s3/bucket:Bucket")
    'aws:s3:Bucket'
    >>> display_type("kubernetes:apps/v1:Deployment")
    'kubernetes:apps/v1:Deployment'
    """
    parts = type_.split(":")
    if len(parts) != 3 or not parts[2]:  # noqa: PLR2004 - package, module, name
        return type_
    package, module, name = parts
    outer, slash, last = module.rpartition("/")
    if not slash or last != re.sub("^[A-Z]+", lambda capitals: capitals[0].lower(), name):
        return type_
    return f"{package}:{outer}:{name}"
