"""Host of ``pulumi.dynamic`` providers, in this process.

A dynamic resource carries its provider, pickled, as the input ``__provider``. What the
provider's methods are given and what is kept of their answers follows
``pulumi.dynamic.__main__``, which cannot be imported since it starts a server.
"""

import base64
import threading
from collections.abc import Mapping
from typing import Final, Protocol, cast

import dill
import pulumi
from pulumi.dynamic import (
    CheckResult,
    Config,
    ConfigureRequest,
    CreateResult,
    DiffResult,
    ReadResult,
    UpdateResult,
)
from pulumi.output import Unknown as SdkUnknown
from pulumi.runtime import _serialization as serialization

from hue_infra.engine.provider import (
    Checked,
    CheckFailure,
    CheckRequest,
    CreateRequest,
    DeleteRequest,
    Diff,
    DiffRequest,
    FindRequest,
    Provider,
    ReadRequest,
    State,
    UpdateRequest,
)
from hue_infra.engine.values import (
    UNKNOWN,
    Archive,
    Asset,
    OutputValue,
    PropertyMap,
    ResourceReference,
    Secret,
    Unknown,
    Value,
)
from hue_infra.errors import EngineError
from hue_infra.words import say

KEY = "__provider"
PACKAGE = "pulumi-python"


_UNKNOWN: Final[object] = SdkUnknown()  # type: ignore[no-untyped-call]  # the SDK's


class _Dynamic(Protocol):
    """What a dynamic provider has, loosely typed as the SDK types it."""

    def configure(self, req: ConfigureRequest) -> None: ...
    def check(self, olds: dict[str, object], news: dict[str, object]) -> CheckResult: ...
    def diff(self, id_: str, olds: dict[str, object], news: dict[str, object]) -> DiffResult: ...
    def create(self, props: dict[str, object]) -> CreateResult: ...
    def read(self, id_: str, props: dict[str, object]) -> ReadResult: ...
    def update(
        self, id_: str, olds: dict[str, object], news: dict[str, object]
    ) -> UpdateResult: ...
    def delete(self, id_: str, props: dict[str, object]) -> None: ...


class DynamicHost(Provider):
    """Runs the dynamic providers of one stack; each is loaded and configured once."""

    accepts_secrets = False
    supports_preview = False

    def __init__(self, project: str) -> None:
        self._project = project
        self._config: dict[str, object] = {}
        self._loaded: dict[str, _Dynamic] = {}
        self._lock = threading.Lock()

    def configure(self, inputs: PropertyMap) -> None:
        """Take the stack's whole configuration, for the providers' ``configure``."""
        self._config = {key: to_python(value) for key, value in inputs.items()}

    def check(self, request: CheckRequest) -> Checked:
        """Ask the provider's ``check``."""
        old = request.old_inputs or {}
        result = self._provider(request.inputs, old).check(_given(old), _given(request.inputs))
        inputs = _kept(result.inputs, request.inputs)
        failures = tuple(CheckFailure(item.property, item.reason) for item in result.failures or ())
        return Checked(inputs, failures)

    def diff(self, request: DiffRequest) -> Diff:
        """Ask the provider's ``diff``: recorded outputs against wanted inputs."""
        provider = self._provider(request.inputs, request.old_outputs)
        result = provider.diff(request.id, _given(request.old_outputs), _given(request.inputs))
        return Diff(
            changes=result.changes,
            replaces=tuple(result.replaces or ()),
            stables=tuple(result.stables or ()),
            delete_before_replace=bool(result.delete_before_replace),
        )

    def create(self, request: CreateRequest) -> State:
        """Ask the provider's ``create``."""
        result = self._provider(request.inputs).create(_given(request.inputs))
        return State(str(result.id), _kept(result.outs, request.inputs))

    def read(self, request: ReadRequest) -> State | None:
        """Ask the provider's ``read``; no id in the answer means that the resource is gone."""
        props = request.outputs or request.inputs
        result = self._provider(props).read(request.id, _given(props))
        if not result.id:
            return None
        inputs = None if result.inputs is None else _kept(result.inputs, props)
        return State(str(result.id), _kept(result.outs, props), inputs)

    def find(self, request: FindRequest) -> State | None:
        """Ask the provider's ``find``, which only providers written for this engine have."""
        find = getattr(self._provider(request.inputs), "find", None)
        result: ReadResult | None = find(_given(request.inputs)) if callable(find) else None
        if result is None or not result.id:
            return None
        return State(str(result.id), _kept(result.outs, request.inputs))

    def update(self, request: UpdateRequest) -> State:
        """Ask the provider's ``update``."""
        provider = self._provider(request.inputs)
        result = provider.update(request.id, _given(request.old_outputs), _given(request.inputs))
        return State(request.id, _kept(result.outs, request.inputs))

    def delete(self, request: DeleteRequest) -> None:
        """Ask the provider's ``delete``."""
        self._provider(request.outputs, request.inputs).delete(request.id, _given(request.outputs))

    def _provider(self, *bags: PropertyMap) -> _Dynamic:
        """The provider pickled in the first of *bags* where it is known."""
        for bag in bags:
            pickled = bag.get(KEY)
            if isinstance(pickled, str):
                return self._load(pickled)
        raise EngineError(say("deployment.dynamic-missing"))

    def _load(self, pickled: str) -> _Dynamic:
        with self._lock:
            if pickled not in self._loaded:
                raw = base64.b64decode(pickled)
                # Captured outputs can only be unpickled in the SDK's own mode for it.
                provider = cast("_Dynamic", serialization._deserialize(lambda: dill.loads(raw)))  # noqa: S301, SLF001 - the program's own code
                provider.configure(ConfigureRequest(Config(self._config, self._project)))
                self._loaded[pickled] = provider
            return self._loaded[pickled]


def _given(properties: Mapping[str, Value]) -> dict[str, object]:
    return {key: to_python(value) for key, value in properties.items()}


def _kept(answer: Mapping[str, object] | None, given: PropertyMap) -> PropertyMap:
    kept = {key: from_python(value, key) for key, value in (answer or {}).items()}
    if KEY in given:
        kept[KEY] = given[KEY]
    return kept


def to_python(value: Value) -> object:
    """A value as a dynamic provider sees it; numbers are floats, as everywhere on the wire."""
    match value:
        case bool() | float() | str() | None:
            return value
        case int():
            return float(value)
        case dict():
            return {key: to_python(item) for key, item in value.items()}
        case list():
            return [to_python(item) for item in value]
        case _:
            return _special_to_python(value)


def _special_to_python(value: Value) -> object:
    match value:
        case Secret() | OutputValue():
            return to_python(value.value)
        case Unknown():
            return _UNKNOWN
        case Asset():
            return _asset(value)
        case Archive():
            return _archive(value)
        case ResourceReference():
            return value.id if isinstance(value.id, str) else value.urn
        case _:
            raise EngineError(say("deployment.sealed"))


def _asset(value: Asset) -> object:
    if value.text is not None:
        return pulumi.StringAsset(value.text)
    return pulumi.FileAsset(value.path) if value.path else pulumi.RemoteAsset(value.uri or "")


def _archive(value: Archive) -> object:
    if value.path:
        return pulumi.FileArchive(value.path)
    if value.uri:
        return pulumi.RemoteArchive(value.uri)
    parts = {
        name: _asset(item) if isinstance(item, Asset) else _archive(item)
        for name, item in (value.assets or {}).items()
    }
    return pulumi.AssetArchive(cast("dict[str, pulumi.Asset | pulumi.Archive]", parts))


def from_python(value: object, path: str) -> Value:
    """What a dynamic provider answered, as a value; whole floats become int.

    Raises:
        EngineError: The value has no form in Pulumi; says where it is.
    """
    match value:
        case None | bool() | str() | int():
            return value
        case float():
            return int(value) if value.is_integer() else value
        case Mapping():
            return {str(key): from_python(item, f"{path}.{key}") for key, item in value.items()}
        case list() | tuple():
            return [from_python(item, f"{path}[{index}]") for index, item in enumerate(value)]
        case SdkUnknown():
            return UNKNOWN
        case pulumi.Asset() | pulumi.Archive():
            return _asset_back(value, path)
        case _:
            kind = type(value).__name__
            raise EngineError(say("deployment.dynamic-value", path=path, kind=kind))


def _asset_back(value: pulumi.Asset | pulumi.Archive, path: str) -> Value:
    match value:
        case pulumi.StringAsset():
            return Asset(text=value.text)
        case pulumi.FileAsset():
            return Asset(path=str(value.path))
        case pulumi.FileArchive():
            return Archive(path=str(value.path))
        case pulumi.RemoteAsset():
            return Asset(uri=value.uri)
        case pulumi.RemoteArchive():
            return Archive(uri=value.uri)
        case _:
            kind = type(value).__name__
            raise EngineError(say("deployment.dynamic-value", path=path, kind=kind))
