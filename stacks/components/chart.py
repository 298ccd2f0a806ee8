"""A chart's objects as resources, rendered by the real helm."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pulumi

from hue_infra.stacks.components.manifest import Manifest, title
from hue_infra.tools import artefacts, helm

IMAGE = "image.invalid/to-be-known@sha256:" + "0" * 64
"""Stands in a rendered chart where the image's reference comes, once it is made."""
LED = "gateway."
"""How the API groups begin whose objects something in a cluster acts on, also when they go."""


@dataclass(frozen=True, slots=True)
class Release:
    """A chart as it is to be laid into a cluster.

    Args:
        chart: The chart's directory.
        name: Of the release.
        namespace: Where its objects are.
        values: All but the image.
        image: The image that it runs.
        called: How the names of its resources begin, where several clusters have that release.
    """

    chart: Path
    name: str
    namespace: str
    values: Mapping[str, object]
    image: pulumi.Output[str]
    called: str | None = None


def lay(
    release: Release, provider: pulumi.ProviderResource, needs: Sequence[pulumi.Resource]
) -> None:
    """Declare the objects of *release*; before the first build of helm, once that is there.

    Args:
        release: What is laid.
        provider: Of the cluster.
        needs: What must be there first.
    """

    def register(_: object = None) -> None:
        values = {**release.values, "image": IMAGE}
        rendered = helm.render(release.chart, release.name, release.namespace, values)
        ready = pulumi.ResourceOptions(provider=provider, depends_on=list(needs))
        own = [_object(release, one, ready) for one in rendered if not _is_led(one)]
        last = pulumi.ResourceOptions(provider=provider, depends_on=[*needs, *own])
        for one in filter(_is_led, rendered):
            _object(release, one, last)

    if artefacts.is_ready("helm"):
        register()
    else:
        # A preview cannot render yet.
        release.image.apply(register)


def _is_led(manifest: Mapping[str, object]) -> bool:
    return str(manifest["apiVersion"]).startswith(LED)


def _object(
    release: Release, manifest: Mapping[str, object], opts: pulumi.ResourceOptions
) -> Manifest:
    name = f"{release.called or release.name}/{title(manifest)}"
    return Manifest(name, _with_image(manifest, release.image), opts)


def _with_image(tree: Any, image: pulumi.Output[str]) -> Any:  # noqa: ANN401 - any JSON
    if isinstance(tree, Mapping):
        return {key: _with_image(value, image) for key, value in tree.items()}
    if isinstance(tree, list):
        return [_with_image(value, image) for value in tree]
    if isinstance(tree, str) and IMAGE in tree and tree != IMAGE:
        return image.apply(lambda reference: tree.replace(IMAGE, reference))
    return image if tree == IMAGE else tree
