"""What a plugin's answers mean: refused inputs, and differences."""

from collections.abc import Iterable
from typing import Final, Protocol

from pulumi.runtime.proto import provider_pb2

from hue_infra.engine.provider import CheckFailure, Diff

_KINDS: Final = {
    provider_pb2.PropertyDiff.ADD: "add",
    provider_pb2.PropertyDiff.ADD_REPLACE: "add-replace",
    provider_pb2.PropertyDiff.DELETE: "delete",
    provider_pb2.PropertyDiff.DELETE_REPLACE: "delete-replace",
    provider_pb2.PropertyDiff.UPDATE: "update",
    provider_pb2.PropertyDiff.UPDATE_REPLACE: "update-replace",
}
_CHANGES: Final = {
    provider_pb2.DiffResponse.DIFF_NONE: False,
    provider_pb2.DiffResponse.DIFF_SOME: True,
}
"""What a plugin answers to whether it sees a change; anything else is that it does not know."""


class Checking(Protocol):
    """An answer that may refuse inputs."""

    @property
    def failures(self) -> Iterable[provider_pb2.CheckFailure]:
        """What is refused, and why."""


def check_failures(answer: Checking) -> tuple[CheckFailure, ...]:
    """The inputs that the plugin refuses."""
    return tuple(CheckFailure(item.property, item.reason) for item in answer.failures)


def difference(answer: provider_pb2.DiffResponse) -> Diff:
    """What would change."""
    detailed = {}
    if answer.hasDetailedDiff:
        detailed = {
            # Kinds that are not known yet are changes, too.
            path: _KINDS.get(item.kind, "update")
            for path, item in answer.detailedDiff.items()
        }
    return Diff(
        changes=_CHANGES.get(answer.changes),
        replaces=tuple(answer.replaces),
        stables=tuple(answer.stables),
        delete_before_replace=answer.deleteBeforeReplace,
        detailed=detailed,
        changed=tuple(answer.diffs),
    )
