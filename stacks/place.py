"""Where a platform is put: its cluster, the certificates that are there, what it depends on."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi

from hue_infra.blueprint.plan import ClusterPlan, PlatformPlan
from hue_infra.providers import chains
from hue_infra.providers.certificates import Certificate
from hue_infra.stacks.components.manifest import Manifest
from hue_infra.stacks.scene import Scene

AUTHORITY = "authority"

Inputs = dict[str, Any]
Given = tuple[list[Manifest], Inputs]
"""What is there before a chart's objects, and its values beside those of the province's file."""


@dataclass(frozen=True, slots=True)
class Place:
    """A platform in its namespace.

    Args:
        scene: The province.
        plan: The platform.
        cluster: Where it runs.
        certificates: Of all platforms that have one of the province's authority, by the platform.
        inside: Options of what stands in the namespace.
    """

    scene: Scene
    plan: PlatformPlan
    cluster: ClusterPlan
    certificates: Mapping[str, Certificate]
    inside: pulumi.ResourceOptions

    @property
    def certificate(self) -> Certificate | None:
        """The platform's own."""
        return self.certificates.get(self.plan.name)

    def put(self, objects: Mapping[str, Mapping[str, object]]) -> list[Manifest]:
        """Declare *objects* in the namespace, by the names of their resources."""
        return [
            Manifest(f"{self.plan.name}/{name}", one, self.inside) for name, one in objects.items()
        ]

    def authority(self, certificate: Certificate) -> dict[str, object]:
        """Whoever comes to a page or a pod holds its certificate against this."""
        return {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {"name": AUTHORITY, "namespace": self.plan.namespace},
            "data": {"ca.crt": certificate.chain.apply(chains.issuer)},
        }
