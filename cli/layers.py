"""Which layer a resource belongs to, and what its type is called: one table for all displays."""

from collections import Counter
from collections.abc import Iterable

from hue_infra.engine.state import ResourceState
from hue_infra.words import say

LAYERS = ("network", "machines", "configuration", "cluster", "platforms", "verification")
"""In the order they are built; each has the message ``cli.layer-<name>``."""

KINDS: tuple[tuple[str, str, str], ...] = (
    # beginning of the type, layer, message name of the type (empty: its own last word)
    ("hue:lab:Network", "network", "kind-network"),
    ("hue:lab:Link", "network", "kind-link"),
    ("hue:lab:Forward", "platforms", "kind-forward"),
    ("hue:lab:Base", "machines", "kind-base"),
    ("hue:lab:Machine", "machines", "kind-machine"),
    ("hue:machine:Configuration", "configuration", "kind-configuration"),
    ("hue:machine:", "configuration", ""),
    ("hue:cluster:Artefacts", "cluster", "kind-artefacts"),
    ("hue:cluster:Access", "cluster", "kind-access"),
    ("hue:cluster:", "cluster", ""),
    ("hue:pki:Certificate", "platforms", "kind-certificate"),
    ("kubernetes:", "platforms", ""),
    ("pulumi:pulumi:Stack", "network", "kind-stack"),
    ("pulumi:providers:", "platforms", "kind-provider"),
)
DYNAMIC = ("pulumi-python:dynamic/", "pulumi-python:dynamic:")


def layer_of(type_: str, name: str = "") -> str:
    """The layer that a resource of this type and name belongs to."""
    layer = _find(type_)[0]
    # What makes a machine the head of a cluster is configured like any other role.
    return "cluster" if layer == "configuration" and name.endswith("/kubernetes") else layer


def kind_of(type_: str) -> str:
    """What a person calls this type; a Kubernetes kind keeps its own name."""
    message = _find(type_)[1]
    return say(f"cli.{message}") if message else type_.rsplit(":", 1)[-1]


def title_of(layer: str) -> str:
    """What a person calls this layer."""
    return say(f"cli.layer-{layer}")


def by_layer(resources: Iterable[ResourceState]) -> dict[str, int]:
    """How many resources each layer has, in the order of the layers."""
    things = (item for item in resources if is_thing(item.type))
    tally = Counter(layer_of(item.type, item.urn) for item in things)
    return {layer: tally[layer] for layer in LAYERS if tally[layer]}


def is_thing(type_: str) -> bool:
    """Whether a resource of this type is something by itself, not the stack or a provider."""
    return not type_.startswith(("pulumi:pulumi:", "pulumi:providers:"))


def _find(type_: str) -> tuple[str, str]:
    plain = type_
    for prefix in DYNAMIC:
        # A dynamic resource is typed pulumi-python:dynamic/lab:Machine for hue:lab:Machine.
        plain = plain.replace(prefix, "hue:")
    for beginning, layer, message in KINDS:
        if plain.startswith(beginning):
            return layer, message
    return "configuration", ""
