"""Whether a wanted range of Pulumi's versions holds the one whose behaviour this engine has.

Source: blang/semver, range.go, whose ranges ``requiredPulumiVersion`` is written in.
"""

import re
from collections.abc import Iterator

from semver import Version

from hue_infra.engine.state import ENGINE_VERSION
from hue_infra.errors import EngineError, InputError
from hue_infra.words import say

_TERM = re.compile(r"(?P<sign>>=|<=|==|!=|=|!|>|<|)\s*v?(?P<version>[0-9xX*][^\s|]*)")
_SIGNS = {"": "==", "=": "==", "!": "!="}


def require(wanted: str) -> None:
    """Pass when *wanted*, such as ``>=3.200.0 <4.0.0 || 5.x``, holds this engine's version.

    Raises:
        InputError: It is no range.
        EngineError: It does not.
    """
    ours = Version.parse(ENGINE_VERSION.removeprefix("v"))
    if not any(_holds(part, ours, wanted) for part in wanted.split("||")):
        raise EngineError(say("deployment.version", wanted=wanted, version=str(ours)))


def _holds(part: str, ours: Version, wanted: str) -> bool:
    if not part.strip() or _TERM.sub("", part).strip():
        raise InputError(say("deployment.version-range", wanted=wanted))
    try:
        return all(
            ours.match(term) for match in _TERM.finditer(part) for term in _terms(match, wanted)
        )
    except ValueError as problem:
        raise InputError(say("deployment.version-range", wanted=wanted)) from problem


def _terms(match: re.Match[str], wanted: str) -> Iterator[str]:
    """A term, without wildcards: ``3.x`` is what lies between 3.0.0 and 4.0.0."""
    sign = _SIGNS.get(match["sign"], match["sign"])
    fixed = re.split(r"\.[xX*]", match["version"], maxsplit=1)[0]
    if fixed == match["version"]:
        yield f"{sign}{fixed}"
        return
    numbers = [int(number) for number in fixed.split(".")]
    low = ".".join(map(str, [*numbers, 0, 0][:3]))
    high = ".".join(map(str, [*numbers[:-1], numbers[-1] + 1, 0, 0][:3]))
    match sign:
        case "==":
            yield f">={low}"
            yield f"<{high}"
        case ">=" | "<":
            yield f"{sign}{low}"
        case ">":
            yield f">={high}"
        case "<=":
            yield f"<{high}"
        case _:
            raise InputError(say("deployment.version-range", wanted=wanted))
