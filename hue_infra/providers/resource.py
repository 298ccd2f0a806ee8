"""Dynamic resources whose provider is written down once for each class, not for each resource.

Pulumi pickles the provider of every dynamic resource anew; for a province of a
thousand resources with a dozen providers that is a second of every preview.
"""

from collections.abc import Collection, Sequence
from typing import Any, ClassVar

import pulumi
from pulumi.dynamic import ReadResult, ResourceProvider
from pulumi.dynamic.dynamic import PROVIDER_KEY, serialize_provider

Props = dict[str, Any]
DRIFT = "drift"
"""Property that a look leaves among the inputs where it found something otherwise: what, in
sentences. It goes with the next update, for no program asks for it."""


def seen(id_: str, props: Props, drift: Sequence[str], made: Collection[str] = ()) -> ReadResult:
    """What a look at a resource has come to.

    Args:
        id_: Its id.
        props: As recorded: its inputs and what was made of them.
        drift: What is otherwise than it was made; empty when nothing is.
        made: The properties that are no inputs.
    """
    found = {key: value for key, value in props.items() if key != DRIFT}
    if not drift and DRIFT not in props:
        return ReadResult(id_, found)
    if drift:
        found[DRIFT] = list(drift)
    return ReadResult(id_, found, {key: item for key, item in found.items() if key not in made})


class ProvidedResource(pulumi.CustomResource):
    """A resource of a provider that lives in this package and remembers nothing."""

    _kind: ClassVar[str]
    _maker: ClassVar[type[ResourceProvider]]
    _written: ClassVar[str]

    def __init_subclass__(cls, kind: str, provider: type[ResourceProvider]) -> None:
        """Name the class.

        Args:
            kind: ``<module>:<name>``; the type token is ``pulumi-python:dynamic/<kind>``.
            provider: What makes such resources.
        """
        super().__init_subclass__()
        cls._kind = kind
        cls._maker = provider
        cls._written = ""

    def __init__(self, name: str, props: Props, opts: pulumi.ResourceOptions | None = None) -> None:
        own = {**props, PROVIDER_KEY: self._provider_text()}
        super().__init__(f"pulumi-python:dynamic/{self._kind}", name, own, opts)

    @classmethod
    def _provider_text(cls) -> str:
        cls._written = cls._written or str(serialize_provider(cls._maker()))
        return cls._written
