"""What a program wants of one resource: a registration, read off the wire."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlparse

from pulumi.runtime.proto import alias_pb2, resource_pb2, source_pb2

from hue_infra.engine import urns
from hue_infra.engine.assets import hashed
from hue_infra.engine.state import HOOKS, Timeouts
from hue_infra.engine.values import PropertyMap, Value, dependencies, plain
from hue_infra.engine.wire import from_struct, from_value
from hue_infra.errors import EngineError
from hue_infra.words import say

_UNITS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 1e-3, "us": 1e-6, "µs": 1e-6, "ns": 1e-9}
_DURATION = re.compile(r"(\d+(?:\.\d*)?|\.\d+)(ms|us|µs|ns|h|m|s)")


@dataclass(frozen=True, slots=True)
class Alias:
    """Another name a resource may have in the state: a whole URN, or the parts that differ."""

    urn: str = ""
    name: str = ""
    type: str = ""
    stack: str = ""
    project: str = ""
    parent: str = ""
    no_parent: bool = False


@dataclass(frozen=True, slots=True)
class Goal:
    """One resource as the program wants it, options unset left to the parent."""

    type: str
    name: str
    custom: bool = True
    parent: str = ""
    inputs: PropertyMap = field(default_factory=dict)
    provider: str = ""
    version: str = ""
    protect: bool | None = None
    retain_on_delete: bool | None = None
    delete_before_replace: bool | None = None
    dependencies: tuple[str, ...] = ()
    property_dependencies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    ignore_changes: tuple[str, ...] = ()
    replace_on_changes: tuple[str, ...] = ()
    additional_secret_outputs: tuple[str, ...] = ()
    aliases: tuple[Alias, ...] = ()
    timeouts: Timeouts | None = None
    import_id: str = ""
    """Id of an existing resource to take over."""
    deleted_with: str = ""
    replace_with: tuple[str, ...] = ()
    replacement_trigger: Value = None
    hide_diffs: tuple[str, ...] = ()
    hooks: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Names of hooks by occasion (`state.HOOKS`)."""
    source_position: str = ""

    @property
    def is_provider(self) -> bool:
        """Whether the resource is itself a provider."""
        return urns.is_provider(self.type)

    @property
    def package(self) -> str:
        """The package whose provider manages the resource."""
        return urns.package_of(self.type)


def from_request(
    request: resource_pb2.RegisterResourceRequest, directory: Path, root: Path
) -> Goal:
    """Read a registration.

    Args:
        request: The registration.
        directory: Where relative paths of assets start.
        root: Below it lie the files that a source position may name.
    """
    values = from_struct(request.object)
    return Goal(
        type=request.type,
        name=request.name,
        custom=request.custom,
        parent=request.parent,
        inputs={key: hashed(plain(value), directory) for key, value in values.items()},
        provider=request.provider,
        version=request.version,
        protect=request.protect if request.HasField("protect") else None,
        retain_on_delete=request.retainOnDelete if request.HasField("retainOnDelete") else None,
        delete_before_replace=_delete_first(request),
        dependencies=tuple(request.dependencies),
        property_dependencies=_by_property(request, values),
        ignore_changes=tuple(request.ignoreChanges),
        replace_on_changes=tuple(request.replaceOnChanges),
        additional_secret_outputs=tuple(request.additionalSecretOutputs),
        aliases=(*map(_alias, request.aliases), *(Alias(urn=urn) for urn in request.aliasURNs)),
        timeouts=_timeouts(request),
        import_id=request.importId,
        deleted_with=request.deletedWith,
        replace_with=tuple(request.replace_with),
        replacement_trigger=_trigger(request),
        hide_diffs=tuple(request.hideDiffs),
        hooks=_hooks(request.hooks),
        source_position=_position(request.sourcePosition, root),
    )


def _delete_first(request: resource_pb2.RegisterResourceRequest) -> bool | None:
    # Some SDKs say so without saying that they do.
    given = request.deleteBeforeReplaceDefined or request.deleteBeforeReplace
    return request.deleteBeforeReplace if given else None


def _by_property(
    request: resource_pb2.RegisterResourceRequest, values: PropertyMap
) -> dict[str, tuple[str, ...]]:
    """What each property depends on: as the request says, and as the values themselves carry."""
    found = {key: tuple(item.urns) for key, item in request.propertyDependencies.items()}
    if not found and request.dependencies and not request.remote:
        # An SDK that tells nothing by property means that every property depends on all.
        found = dict.fromkeys(values, tuple(request.dependencies))
    for key, value in values.items():
        if extra := dependencies(value):
            found[key] = tuple(dict.fromkeys((*found.get(key, ()), *sorted(extra))))
    return found


def _trigger(request: resource_pb2.RegisterResourceRequest) -> Value:
    if not request.HasField("replacement_trigger"):
        return None
    return plain(from_value(request.replacement_trigger))


def _hooks(
    binding: resource_pb2.RegisterResourceRequest.ResourceHooksBinding,
) -> dict[str, tuple[str, ...]]:
    named = {name: tuple(getattr(binding, name)) for name in HOOKS}
    return {name: hooks for name, hooks in named.items() if hooks}


def seconds(text: str) -> float | None:
    """Read a duration as Go writes it.

    >>> seconds("1h30m"), seconds("")
    (5400.0, None)
    """
    if not text:
        return None
    parts = _DURATION.findall(text)
    if "".join(number + unit for number, unit in parts) != text:
        raise EngineError(say("deployment.bad-duration", text=text))
    return sum(float(number) * _UNITS[unit] for number, unit in parts)


def _timeouts(request: resource_pb2.RegisterResourceRequest) -> Timeouts | None:
    if not request.HasField("customTimeouts"):
        return None
    given = request.customTimeouts
    return Timeouts(
        create=seconds(given.create),
        update=seconds(given.update),
        delete=seconds(given.delete),
        read=seconds(given.read),
    )


def _alias(alias: alias_pb2.Alias) -> Alias:
    if alias.urn:
        return Alias(urn=alias.urn)
    spec = alias.spec
    return Alias(
        name=spec.name,
        type=spec.type,
        stack=spec.stack,
        project=spec.project,
        parent=spec.parentUrn,
        no_parent=spec.noParent,
    )


def _position(position: source_pb2.SourcePosition, root: Path) -> str:
    """``project:///<path>#<line>`` as upstream, for files below *root*."""
    if not position.uri:
        return ""
    path = Path(unquote(urlparse(position.uri).path))
    if not path.is_relative_to(root):
        # An absolute path would tell of the operator's machine, and churn between machines.
        return ""
    return f"project:///{path.relative_to(root).as_posix()}#{position.line}"
