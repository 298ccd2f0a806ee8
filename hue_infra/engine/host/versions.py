"""Versions of plugins, by the rules of semantic versioning.

Source: pulumi/pulumi, sdk/go/common/workspace/plugins.go, SelectCompatiblePlugin.
"""

from collections.abc import Iterable

from semver import Version


def read(text: str) -> Version | None:
    """A version as people write it (``v1.2``); None where *text* is none."""
    try:
        return Version.parse(text.strip().removeprefix("v"), optional_minor_and_patch=True)
    except ValueError:
        return None


def fits(found: str, wanted: str) -> bool:
    """Whether a plugin of the version *found* serves who wants *wanted*.

    Only the same version does; a side that names none takes any.

    >>> fits("1.2.0", "v1.2"), fits("1.2.1", "1.2.0"), fits("", "1.2.0")
    (True, False, True)
    """
    have, want = read(found), read(wanted)
    if have is None or want is None:
        return found == wanted or not found or not wanted
    return have.compare(want) == 0


def is_older(found: str, wanted: str) -> bool:
    """Whether a plugin that says it is *found* is older than *wanted*, or does not say."""
    want, have = read(wanted), read(found)
    return want is not None and (have is None or have.compare(want) < 0)


def best(candidates: Iterable[str], wanted: str) -> str | None:
    """The one of *candidates* that serves who wants *wanted*; None when none does.

    Who names no version gets the newest, of released ones if there are any.

    >>> best(["1.9.0", "1.10.0", "2.0.0-rc.1"], "")
    '1.10.0'
    >>> best(["1.9.0", "1.10.0"], "1.9.0")
    '1.9.0'
    """
    fitting = [(version, text) for text in candidates if (version := read(text)) is not None]
    if wanted:
        fitting = [item for item in fitting if fits(item[1], wanted)]
    ranked = max(fitting, key=lambda item: (item[0].prerelease is None, item[0]), default=None)
    return None if ranked is None else ranked[1]
