"""Shorter ways to what the SDK works out at each registration, for programs run in this process.

The SDK (3.272) walks the whole stack, looking up every line of it in its file, for the one
position that the engine keeps; and it composes a URN out of six tasks of the event loop, for
tests that have no engine. Each property of a resource is four futures and a task that awaits
them; each text and number goes by twenty questions, twice; each word for debugging is a message
that the engine drops; and each look at the run's settings is two. Together that is half of the
time a registration takes. And it looks for a circle at each dependency by walking, one call inside
another, all that stands below: the cube of the length of a chain, which ends at a thousand
resources with Python's stack. The ways taken here end in the same position, URN, values and
circles.
"""

import asyncio
import functools
import pathlib
import sys
from collections.abc import Awaitable
from dataclasses import dataclass
from types import FrameType
from typing import Any, Final

import pulumi
from pulumi import log
from pulumi._utils import ContextProperty
from pulumi.output import _OutputData
from pulumi.runtime import resource, rpc, settings
from pulumi.runtime.proto import source_pb2

from hue_infra.engine.monitor import EngineService

_CONSTRUCTORS: Final = 3
"""Frames named ``__init__`` from the SDK outwards: Resource, its kind, the class itself."""
_ORIGINAL_URN: Final = resource.create_urn
_ORIGINAL_DEBUG: Final = log.debug
_DEPENDENCIES: Final = "_direct_computed_dependencies"
"""Where the SDK keeps what a resource depends on."""
_DEPENDED_UPON: Final = "_is_depended_upon"
"""Ours: set on what something depends on."""
_ORIGINAL_SERIALIZE: Final = rpc.serialize_property
_ORIGINAL_CONTAINS: Final = rpc.contains_unknowns
_TYPE: Final = 3
"""Place of a value's declared type among what follows value and dependencies."""
_HARMLESS: Final = frozenset({"keep_output_values", "exclude_resource_refs_from_deps"})
"""What may be said of a plain value without changing how it is serialized."""
_PLAIN: Final = frozenset({str, int, float, bool})
"""Of these themselves, not of a kind of them, nearly all values are; they go as they are."""


def take() -> None:
    """Have the SDK take them; once or many times is the same."""
    resource._get_stack_trace = stack_trace  # noqa: SLF001 - what is replaced
    resource.create_urn = create_urn
    rpc.transfer_properties = transfer_properties
    rpc.serialize_property = serialize_property  # type: ignore[assignment]  # it takes whatever comes
    rpc.contains_unknowns = contains_unknowns
    ContextProperty.__get__ = look_up  # type: ignore[assignment,method-assign]  # it is untyped
    log.debug = debug
    rpc.declare_dependency = declare_dependency  # type: ignore[attr-defined]  # not exported


def stack_trace() -> source_pb2.StackTrace:
    """Where the program makes the resource whose constructors call this: that frame alone."""
    frame: FrameType | None = sys._getframe(1)  # noqa: SLF001 - as the standard library does
    left = _CONSTRUCTORS
    while frame is not None:
        left -= frame.f_code.co_name == "__init__"
        frame = frame.f_back
        if not left:
            break
    if frame is None:
        return source_pb2.StackTrace()
    uri = _uri(frame.f_code.co_filename)
    position = source_pb2.SourcePosition(uri=uri, line=frame.f_lineno) if uri else None
    return source_pb2.StackTrace(frames=[source_pb2.StackFrame(pc=position)])


def create_urn(
    name: "pulumi.Input[str]",
    type_: "pulumi.Input[str]",
    parent: "pulumi.Resource | pulumi.Input[str] | None" = None,
    project: str | None = None,
    stack: str | None = None,
) -> "pulumi.Output[str]":
    """The URN of a resource, composed at once where all of its parts are known."""
    parts = (name, type_, parent)
    if not all(item is None or isinstance(item, str) for item in parts):
        return _ORIGINAL_URN(name, type_, parent, project, stack)
    if isinstance(parent, str):
        prefix = f"{parent[: parent.rfind('::')]}$"
    else:
        where = (stack or settings.get_stack(), project or settings.get_project())
        prefix = f"urn:pulumi:{'::'.join(where)}::"
    return pulumi.Output.from_input(f"{prefix}{type_}::{name}")


def transfer_properties(
    res: pulumi.Resource, props: "pulumi.Inputs", custom: bool
) -> dict[str, rpc.Resolver]:
    """What resolves each of a resource's properties, which are outputs from now on."""
    # The SDK gives the resource itself its URN and id.
    own = {"urn", "id"} if custom else {"urn"}
    resolvers: dict[str, rpc.Resolver] = {}
    for name in props:
        if name not in own:
            data: asyncio.Future[_OutputData[Any]] = asyncio.Future()
            resolvers[name] = _Resolver(res, data)
            res.__dict__[name] = pulumi.Output._from_data(data)  # noqa: SLF001 - as the SDK does
    return resolvers


@dataclass(frozen=True, slots=True)
class _Resolver:
    """Says what a property has become."""

    of: pulumi.Resource
    data: "asyncio.Future[_OutputData[Any]]"

    def __call__(
        self,
        value: object,
        is_known: bool,
        is_secret: bool,
        deps: set[pulumi.Resource] | None,
        failed: Exception | None,
    ) -> None:
        if failed is not None:
            self.data.set_exception(failed)
        else:
            self.data.set_result(_OutputData({self.of, *(deps or ())}, value, is_known, is_secret))


def serialize_property(
    value: object,
    deps: list[pulumi.Resource] | None,
    *more: Any,  # noqa: ANN401 - passed on
    **named: Any,  # noqa: ANN401 - passed on
) -> Awaitable[Any]:
    """What goes over the wire for *value*, once what it holds is known."""
    is_typed = more[_TYPE:] and more[_TYPE] is not None
    if type(value) in _PLAIN and not is_typed and named.keys() <= _HARMLESS:
        return _known(value)
    return _ORIGINAL_SERIALIZE(value, deps, *more, **named)


async def _known(value: object) -> object:
    return value


def contains_unknowns(val: object) -> bool:
    """Whether anything in *val* is not known yet."""
    return type(val) not in _PLAIN and _ORIGINAL_CONTAINS(val)


def look_up(settings_: ContextProperty, of: object | None, _: object) -> object:
    """One of the SDK's settings as it is in this context; a map of them goes by its own name."""
    if of is None:
        return settings_
    value = settings_.fget()  # type: ignore[no-untyped-call]
    return settings_ if isinstance(value, dict) else value


def debug(
    msg: str,
    resource: pulumi.Resource | None = None,
    stream_id: int | None = None,
    ephemeral: bool | None = None,
) -> None:
    """Say it, but not to our own engine when that would drop what is said."""
    engine = settings.get_engine()
    if not isinstance(engine, EngineService) or engine.deployment.options.debug:
        _ORIGINAL_DEBUG(msg, resource, stream_id, ephemeral)


def declare_dependency(from_resource: pulumi.Resource, to_resource: pulumi.Resource) -> bool:
    """Remember that one resource depends on another; False, and nothing else, for a circle."""
    if from_resource is to_resource or (
        # What nothing depends on, as it is when it is registered, closes no circle.
        hasattr(from_resource, _DEPENDED_UPON) and _stands_on(to_resource, from_resource)
    ):
        return False
    vars(from_resource).setdefault(_DEPENDENCIES, set()).add(to_resource)
    setattr(to_resource, _DEPENDED_UPON, True)
    return True


def _stands_on(above: pulumi.Resource, below: pulumi.Resource) -> bool:
    seen, waiting = {above}, [above]
    while waiting:
        found: set[pulumi.Resource] = getattr(waiting.pop(), _DEPENDENCIES, set()) - seen
        if below in found:
            return True
        seen |= found
        waiting.extend(found)
    return False


@functools.lru_cache(maxsize=1024)
def _uri(filename: str) -> str:
    try:
        return pathlib.Path(filename).as_uri()
    except ValueError:
        # Not an absolute path: code that lies in no file.
        return ""
