"""A Kubernetes object as a resource, from its plain form."""

from collections.abc import Mapping

import pulumi


class Manifest(pulumi.CustomResource):
    """Any object: its type token follows from its apiVersion and kind."""

    def __init__(
        self,
        name: str,
        manifest: Mapping[str, object],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        version = str(manifest["apiVersion"])
        group = version if "/" in version else f"core/{version}"
        super().__init__(f"kubernetes:{group}:{manifest['kind']}", name, dict(manifest), opts)


def title(manifest: Mapping[str, object]) -> str:
    """``Kind/name`` of an object."""
    metadata = manifest.get("metadata")
    name = metadata.get("name", "") if isinstance(metadata, Mapping) else ""
    return f"{manifest['kind']}/{name}"
