"""The gate on resources: our own policy pack, asked before each resource is touched.

It is asked as any other pack is, only that it runs in this process: it is ours, so it needs no
walls, and a process of its own would cost each preview a second.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from pulumi_policy import policy as sdk

from hue_infra.engine.analysis import AnalyzedResource, Scene, Violation
from hue_infra.engine.policy.configuration import Setting
from hue_infra.engine.policy.inside import Inside
from hue_infra.engine.policy.pack import PackAnalyzer
from hue_infra.engine.policy.project import PackProject
from hue_infra.policies import PACK, crossguard, gate

FOLDER: Final = Path(__file__).resolve().parent / "pack"
"""The pack's folder, for engines that start it themselves."""
_UNSAID: Final = "0.0.1"
"""What every Python pack says of its version; the real one stands in ``PulumiPolicy.yaml``."""


class ResourceGate(PackAnalyzer):
    """Our own pack, for one province."""

    def __init__(self, allowed: Sequence[str], places: Mapping[str, str]) -> None:
        """Take what the province says.

        Args:
            allowed: Registries that it takes images from.
            places: First word of a resource's name to ``file:line:column``.
        """
        told = crossguard.configuration(allowed, places)
        given = {name: Setting(None, properties) for name, properties in told.items()}
        super().__init__(FOLDER, given, _served)
        self._rules = gate.rules(allowed)

    def analyze(self, resource: AnalyzedResource) -> list[Violation]:
        """Return the rules that *resource* breaks, each with what to change and where."""
        # Not asked about what no rule is about: most resources of a province, by the hundred.
        if not any(rule.is_about(resource.type) for rule in self._rules):
            return []
        return [_on_one_line(found) for found in super().analyze(resource)]


def _served(_: PackProject, __: Scene) -> Inside:
    return Inside(servicer())


def servicer() -> Any:  # noqa: ANN401 - the SDK ships no types
    """What serves our pack: the SDK's own servicer, which `PolicyPack` would put on a port."""
    return sdk._PolicyAnalyzerServicer(  # noqa: SLF001 - held by a test to what a started pack answers
        PACK, _UNSAID, crossguard.policies(), sdk.EnforcementLevel.ADVISORY
    )


def _on_one_line(violation: Violation) -> Violation:
    """The SDK puts a policy's description on a line above each message."""
    return replace(violation, message=violation.message.replace("\n", ": ", 1))
