"""Names of resources: ``urn:pulumi:<stack>::<project>::<parent types$type>::<name>``.

>>> vpc = make("lab", "hue", "", "net:Vpc", "core")
>>> make("lab", "hue", vpc, "net:Subnet", "dmz")
'urn:pulumi:lab::hue::net:Vpc$net:Subnet::dmz'
"""

ROOT_TYPE = "pulumi:pulumi:Stack"
PROVIDER_PREFIX = "pulumi:providers:"
UNKNOWN_ID = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""How the wire spells an id that a preview cannot know."""


def make(stack: str, project: str, parent: str, type_: str, name: str) -> str:
    """The URN of a resource; the stack resource is left out of the chain of types."""
    chain = qualified_type(parent) if parent else ""
    qualified = type_ if chain in {"", ROOT_TYPE} else f"{chain}${type_}"
    return f"urn:pulumi:{stack}::{project}::{qualified}::{name}"


def qualified_type(urn: str) -> str:
    """The types from the outermost parent down, joined by ``$``."""
    return urn.split("::", 3)[2]


def type_of(urn: str) -> str:
    """The resource's own type."""
    return qualified_type(urn).rsplit("$", 1)[-1]


def name_of(urn: str) -> str:
    """The resource's own name."""
    return urn.split("::", 3)[3]


def package_of(type_: str) -> str:
    """The package of a type: ``kubernetes`` of ``kubernetes:apps/v1:Deployment``."""
    if is_provider(type_):
        return type_.removeprefix(PROVIDER_PREFIX)
    return type_.split(":", 1)[0]


def is_provider(type_: str) -> bool:
    """Whether a resource of this type is itself a provider."""
    return type_.startswith(PROVIDER_PREFIX)


def reference(urn: str, id_: str) -> str:
    """How a resource names its provider: ``<urn>::<id>``."""
    return f"{urn}::{id_ or UNKNOWN_ID}"


def split_reference(provider: str) -> tuple[str, str]:
    """The URN and the id in a provider reference."""
    urn, _, id_ = provider.rpartition("::")
    return urn, id_
