"""The live providers of a run, and provider resources as resources of their own.

A provider resource has type ``pulumi:providers:<package>``; others name it by its
URN and id. It is made like any resource, by the provider of providers below.
"""

import contextlib
import threading
import uuid
from collections.abc import Callable, Mapping

from hue_infra.engine import urns
from hue_infra.engine.packages import INTERNAL, Package, recorded_package, settings
from hue_infra.engine.provider import (
    Called,
    CallRequest,
    Checked,
    CheckRequest,
    Constructed,
    ConstructRequest,
    CreateRequest,
    DeleteRequest,
    Diff,
    DiffRequest,
    Provider,
    ReadRequest,
    State,
    UpdateRequest,
)
from hue_infra.engine.values import PropertyMap, has_unknown, properties_without_secrets
from hue_infra.errors import EngineError, HueError
from hue_infra.words import say

Factory = Callable[[], Provider]
Find = Callable[[Package], Provider | None]
"""Starts the plugin of a package; None when there is none."""


def _find_none(_: Package) -> None:
    return None


class Registry:
    """Configured providers by reference ``<urn>::<id>``.

    A package is served by what *factories* makes, else by what *find* finds.
    """

    def __init__(self, factories: Mapping[str, Factory], find: Find = _find_none) -> None:
        self._factories = dict(factories)
        self._find = find
        self._live: dict[str, Provider] = {}
        self._lock = threading.RLock()

    def serve(self, name: str, factory: Factory) -> None:
        """Have *factory* make the providers of a package, unless something else already does."""
        self._factories.setdefault(name, factory)

    def find_by(self, find: Find) -> None:
        """Have *find* look for the plugins of packages that nothing else serves."""
        self._find = find

    def make(self, package: Package) -> Provider:
        """A provider of *package*, not configured yet."""
        factory = self._factories.get(package.name)
        made = factory() if factory else self._find(package)
        if made is None:
            raise EngineError(say("deployment.no-provider", package=package.name))
        return made

    def configure(self, urn: str, id_: str, inputs: PropertyMap) -> Provider:
        """Make, configure and keep the provider of a provider resource."""
        provider = self.make(_package(urn, inputs))
        provider.identify(urn, id_)
        if has_unknown(inputs):
            # Only a preview comes here: an apply knows every setting of a provider.
            provider = Unconfigured(provider)
        else:
            given = settings(inputs)
            if not provider.accepts_secrets:
                given = properties_without_secrets(given)
            _configure(provider, given, urn)
        with self._lock:
            previous = self._live.get(urns.reference(urn, id_))
            self._live[urns.reference(urn, id_)] = provider
        if previous is not None:
            previous.close()
        return provider

    def get(self, reference: str) -> Provider | None:
        """The live provider of a reference, if there is one."""
        with self._lock:
            return self._live.get(reference)

    def ensure(self, reference: str, recorded: Callable[[], PropertyMap]) -> Provider:
        """The provider of a reference, configured with what is *recorded* if it is not live."""
        with self._lock:
            live = self.get(reference)
            return live or self.configure(*urns.split_reference(reference), recorded())

    def close(self) -> None:
        """Let every provider go."""
        with self._lock:
            live, self._live = list(self._live.values()), {}
        for provider in live:
            provider.close()


def _package(urn: str, inputs: PropertyMap) -> Package:
    return recorded_package(urns.package_of(urns.type_of(urn)), inputs)


def _configure(provider: Provider, given: PropertyMap, urn: str) -> None:
    try:
        provider.configure(given)
    except HueError:
        raise
    except Exception as error:
        # Whatever a provider raises is a failure of the run, not of the engine.
        problem = say("deployment.not-configured", name=urns.name_of(urn))
        raise EngineError(f"{problem} {type(error).__name__}: {error}") from error


class ProviderResources(Provider):
    """Makes provider resources: the provider of type ``pulumi:providers:*``."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry

    def check(self, request: CheckRequest) -> Checked:
        """Ask the provider itself about its settings."""
        old = None if request.old_inputs is None else settings(request.old_inputs)
        with contextlib.closing(self._fresh(request)) as provider:
            checked = provider.check_config(old, settings(request.inputs))
        kept = {key: item for key, item in request.inputs.items() if key == INTERNAL}
        return Checked({**checked.inputs, **kept}, checked.failures)

    def diff(self, request: DiffRequest) -> Diff:
        """Ask the provider whether other settings mean other resources."""
        with contextlib.closing(self._fresh(request)) as provider:
            return provider.diff_config(settings(request.old_inputs), settings(request.inputs))

    def create(self, request: CreateRequest) -> State:
        """Configure a provider under a new id, which a preview cannot know."""
        id_ = "" if request.preview else str(uuid.uuid4())
        self._registry.configure(request.urn, id_, request.inputs)
        return State(id_, settings(request.inputs))

    def read(self, request: ReadRequest) -> State | None:
        """Nothing outside the state changes a provider."""
        return State(request.id, request.outputs)

    def update(self, request: UpdateRequest) -> State:
        """Configure the provider anew under its id."""
        self._registry.configure(request.urn, request.id, request.inputs)
        return State(request.id, settings(request.inputs))

    def delete(self, request: DeleteRequest) -> None:
        """Nothing outside the state to remove."""

    def _fresh(self, request: CheckRequest | DiffRequest) -> Provider:
        provider = self._registry.make(_package(request.urn, request.inputs))
        provider.identify(request.urn, "")
        return provider


class Unconfigured(Provider):
    """Stands in, during a preview, for a provider whose settings are not known yet."""

    def __init__(self, provider: Provider) -> None:
        self._provider = provider

    def check(self, request: CheckRequest) -> Checked:
        """Take the inputs as they are."""
        return Checked(request.inputs)

    def diff(self, request: DiffRequest) -> Diff:
        """Expect a change."""
        return Diff(changes=True)

    def create(self, request: CreateRequest) -> State:
        """Know nothing of the outputs."""
        return State("", {})

    def read(self, request: ReadRequest) -> State | None:
        """Know nothing newer than the record."""
        return State(request.id, request.outputs)

    def update(self, request: UpdateRequest) -> State:
        """Know nothing of the outputs."""
        return State(request.id, {})

    def delete(self, request: DeleteRequest) -> None:
        """Nothing is deleted in a preview."""

    def invoke(self, token: str, args: PropertyMap, *, preview: bool) -> PropertyMap:
        """Know nothing of the answer."""
        return {}

    def construct(self, request: ConstructRequest) -> Constructed:
        """Have the component made: its own code may do without the settings."""
        return self._provider.construct(request)

    def call(self, request: CallRequest) -> Called:
        """Know nothing of the answer."""
        return Called({})

    def close(self) -> None:
        """Close the provider that was never configured."""
        self._provider.close()
