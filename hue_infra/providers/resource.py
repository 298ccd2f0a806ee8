"""Dynamic resources whose provider is written down once for each class, not for each resource.

Pulumi pickles the provider of every dynamic resource anew; for a province of a
thousand resources with a dozen providers that is a second of every preview.
"""

from typing import Any, ClassVar

import pulumi
from pulumi.dynamic import ResourceProvider
from pulumi.dynamic.dynamic import PROVIDER_KEY, serialize_provider

Props = dict[str, Any]


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
