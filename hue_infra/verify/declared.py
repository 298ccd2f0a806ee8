"""What a province's file declares for a platform, as far as it has the form that is asked for.

What has another form is refused by the chart's schema, which says where it stands.
"""

from collections.abc import Iterator, Mapping


def each(tree: Mapping[str, object], key: str) -> Iterator[Mapping[str, object]]:
    """The objects listed under *key*."""
    yield from (one for one in listed(tree, key) if isinstance(one, dict))


def listed(tree: Mapping[str, object], key: str) -> list[object]:
    """What is listed under *key*."""
    found = tree.get(key)
    return found if isinstance(found, list) else []
