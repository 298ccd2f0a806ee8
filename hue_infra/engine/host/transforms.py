"""Functions of the program that change registrations and function calls on their way in.

A resource passes its own transforms, then those of its parents outwards, then the stack's.
Source: pulumi/pulumi, pkg/resource/deploy/source_eval.go, RegisterResource and Invoke.
"""

import threading
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from pulumi.runtime.proto import alias_pb2, callback_pb2, resource_pb2

from hue_infra.engine.deployment import Deployment
from hue_infra.engine.host.callbacks import Callbacks
from hue_infra.engine.values import OutputValue, PropertyMap, Secret, Unknown, Value, dependencies
from hue_infra.engine.wire import ALL, from_struct, to_struct

Request = resource_pb2.RegisterResourceRequest
Callback = callback_pb2.Callback

_LISTS: Final = {
    "depends_on": "dependencies",
    "ignore_changes": "ignoreChanges",
    "replace_on_changes": "replaceOnChanges",
    "additional_secret_outputs": "additionalSecretOutputs",
    "hide_diff": "hideDiffs",
    "replace_with": "replace_with",
}
_TEXTS: Final = {
    "version": "version",
    "provider": "provider",
    "plugin_download_url": "pluginDownloadURL",
    "deleted_with": "deletedWith",
    "import": "importId",
}
_MAPS: Final = {"providers": "providers", "plugin_checksums": "pluginChecksums"}
_PARTS: Final = {
    "custom_timeouts": "customTimeouts",
    "hooks": "hooks",
    "replacement_trigger": "replacement_trigger",
}
_CHOICES: Final = {"protect": "protect", "retain_on_delete": "retainOnDelete"}
"""Field of the options that a transform sees, to field of the registration, by kind."""


class Transforms:
    """The transforms of one run."""

    def __init__(self, deployment: Deployment) -> None:
        self._callbacks = deployment.shared(Callbacks)
        self._stack: list[Callback] = []
        self._invokes: list[Callback] = []
        self._of: dict[str, tuple[Callback, ...]] = {}
        self._parents: dict[str, str] = {}
        self._pending: dict[tuple[str, str, str], tuple[Callback, ...]] = {}
        """Of remote components under way: their own process registers them without."""
        self._lock = threading.Lock()

    def add(self, callback: Callback) -> None:
        """Take a transform of every resource to come."""
        with self._lock:
            self._stack.append(callback)

    def add_invoke(self, callback: Callback) -> None:
        """Take a transform of every function call to come."""
        with self._lock:
            self._invokes.append(callback)

    def own(self, request: Request) -> tuple[Callback, ...]:
        """The transforms of the resource itself, to be handed to `settle` with its URN."""
        key = (request.parent, request.type, request.name)
        with self._lock:
            given = self._pending.pop(key, None) or tuple(request.transforms)
            if request.remote and given:
                self._pending[key] = given
        return given

    def settle(self, urn: str, parent: str, own: tuple[Callback, ...]) -> None:
        """Remember what the children of a registered resource pass through."""
        with self._lock:
            self._of[urn] = own
            self._parents[urn] = parent

    def apply(self, request: Request, own: tuple[Callback, ...]) -> None:
        """Change *request* as every transform that it must pass wants it."""
        callbacks = (*own, *self._inherited(request.parent), *self._snapshot(self._stack))
        if not callbacks:
            return
        properties = from_struct(request.object)
        if own:
            properties = _with_dependencies(properties, request)
        options = _options(request)
        packed = to_struct(properties, ALL)
        for callback in callbacks:
            asked = resource_pb2.TransformRequest(
                type=request.type,
                name=request.name,
                custom=request.custom,
                parent=request.parent,
                properties=packed,
                options=options,
            )
            raw = self._callbacks.invoke(callback, asked)
            answer = resource_pb2.TransformResponse.FromString(raw)
            options = answer.options if answer.HasField("options") else options
            packed = answer.properties if answer.HasField("properties") else packed
        request.object.CopyFrom(packed)
        _take(request, options)
        if own:
            _take_dependencies(request)

    def apply_invoke(self, request: resource_pb2.ResourceInvokeRequest) -> None:
        """Change a function call as every transform wants it."""
        for callback in self._snapshot(self._invokes):
            asked = resource_pb2.TransformInvokeRequest(
                token=request.tok,
                args=request.args,
                options=resource_pb2.TransformInvokeOptions(
                    provider=request.provider,
                    version=request.version,
                    plugin_download_url=request.pluginDownloadURL,
                    plugin_checksums=dict(request.pluginChecksums),
                ),
            )
            raw = self._callbacks.invoke(callback, asked)
            answer = resource_pb2.TransformInvokeResponse.FromString(raw)
            if answer.HasField("args"):
                request.args.CopyFrom(answer.args)
            if answer.HasField("options"):
                request.provider = answer.options.provider
                request.version = answer.options.version
                request.pluginDownloadURL = answer.options.plugin_download_url
                _fill_map(request.pluginChecksums, answer.options.plugin_checksums)

    def _inherited(self, parent: str) -> Iterator[Callback]:
        while parent:
            with self._lock:
                callbacks, above = self._of.get(parent, ()), self._parents.get(parent, "")
            yield from callbacks
            parent = above

    def _snapshot(self, callbacks: list[Callback]) -> list[Callback]:
        with self._lock:
            return list(callbacks)


def _options(request: Request) -> resource_pb2.TransformResourceOptions:
    options = resource_pb2.TransformResourceOptions()
    for ours, theirs in _LISTS.items():
        getattr(options, ours).extend(getattr(request, theirs))
    for ours, theirs in _TEXTS.items():
        setattr(options, ours, getattr(request, theirs))
    for ours, theirs in _MAPS.items():
        _fill_map(getattr(options, ours), getattr(request, theirs))
    for ours, theirs in _PARTS.items():
        if request.HasField(theirs):  # type: ignore[arg-type]  # a name from the table above
            getattr(options, ours).CopyFrom(getattr(request, theirs))
    for ours, theirs in _CHOICES.items():
        if request.HasField(theirs):  # type: ignore[arg-type]  # a name from the table above
            setattr(options, ours, getattr(request, theirs))
    _fill_rest(options, request)
    return options


def _fill_rest(options: resource_pb2.TransformResourceOptions, request: Request) -> None:
    """What the two messages hold in different ways."""
    if request.deleteBeforeReplaceDefined or request.deleteBeforeReplace:
        options.delete_before_replace = request.deleteBeforeReplace
    options.aliases.extend(alias_pb2.Alias(urn=urn) for urn in request.aliasURNs)
    options.aliases.extend(request.aliases)


def _take(request: Request, options: resource_pb2.TransformResourceOptions) -> None:
    """Put what transforms made of the options back into the registration."""
    for ours, theirs in (*_LISTS.items(), ("aliases", "aliases")):
        _fill_list(getattr(request, theirs), getattr(options, ours))
    request.ClearField("aliasURNs")
    for ours, theirs in _TEXTS.items():
        setattr(request, theirs, getattr(options, ours))
    for ours, theirs in _MAPS.items():
        _fill_map(getattr(request, theirs), getattr(options, ours))
    for ours, theirs in _PARTS.items():
        request.ClearField(theirs)  # type: ignore[arg-type]  # a name from the table above
        if options.HasField(ours):  # type: ignore[arg-type]  # a name from the table above
            getattr(request, theirs).CopyFrom(getattr(options, ours))
    for ours, theirs in _CHOICES.items():
        request.ClearField(theirs)  # type: ignore[arg-type]  # a name from the table above
        if options.HasField(ours):  # type: ignore[arg-type]  # a name from the table above
            setattr(request, theirs, getattr(options, ours))
    request.deleteBeforeReplaceDefined = options.HasField("delete_before_replace")
    request.deleteBeforeReplace = options.delete_before_replace


def _with_dependencies(properties: PropertyMap, request: Request) -> PropertyMap:
    """*properties* as output values that carry what each depends on."""
    given = {key: tuple(item.urns) for key, item in request.propertyDependencies.items()}
    if not given and not request.remote:
        given = dict.fromkeys(properties, tuple(request.dependencies))
    return {key: _carrying(value, given.get(key, ())) for key, value in properties.items()}


def _carrying(value: Value, urns: tuple[str, ...]) -> Value:
    if dependencies(value) >= set(urns):
        return value
    match value:
        case OutputValue():
            merged = tuple(dict.fromkeys((*value.dependencies, *urns)))
            return OutputValue(value.value, value.secret, merged)
        case Secret():
            return OutputValue(value.value, secret=True, dependencies=urns)
        case Unknown():
            return OutputValue(value, dependencies=urns)
        case _:
            return OutputValue(value, dependencies=urns)


def _take_dependencies(request: Request) -> None:
    """Read the dependencies anew off the values: a transform may have changed them."""
    found = {key: dependencies(value) for key, value in from_struct(request.object).items()}
    request.ClearField("propertyDependencies")
    for key, urns in found.items():
        request.propertyDependencies[key].urns.extend(sorted(urns))
    every = (*request.dependencies, *(urn for urns in found.values() for urn in sorted(urns)))
    _fill_list(request.dependencies, dict.fromkeys(every))


def _fill_list(target, items: Iterable[object]) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001 - a field of any kind
    held = list(items)
    del target[:]
    target.extend(held)


def _fill_map(target, items: Mapping[str, object]) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001 - a field of any kind
    held = dict(items)
    target.clear()
    target.update(held)
