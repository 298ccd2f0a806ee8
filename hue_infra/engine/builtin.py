"""The package ``pulumi``: references to other stacks, stashed values, resources of this run.

Source: pulumi/pulumi, pkg/resource/deploy/builtins.go.
"""

import uuid
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

from hue_infra.engine.provider import (
    Checked,
    CheckFailure,
    CheckRequest,
    CreateRequest,
    DeleteRequest,
    Diff,
    DiffRequest,
    Provider,
    ReadRequest,
    State,
    UpdateRequest,
)
from hue_infra.engine.state import ResourceState
from hue_infra.engine.urns import ROOT_TYPE, type_of
from hue_infra.engine.values import PropertyMap, Value, diff_values, has_secret, reveal
from hue_infra.errors import EngineError
from hue_infra.words import say

if TYPE_CHECKING:
    from hue_infra.engine.deployment import Deployment

REFERENCE: Final = "pulumi:pulumi:StackReference"
STASH: Final = "pulumi:index:Stash"
_INPUT: Final = {REFERENCE: "name", STASH: "input"}
"""Type to the one input that it has."""

Neighbour = Callable[[str], list[ResourceState]]
"""The resources of another stack, by the stack's name."""


class Builtin(Provider):
    """Serves the package ``pulumi`` in one run."""

    def __init__(self, deployment: "Deployment", neighbour: Neighbour) -> None:
        self._deployment = deployment
        self._neighbour = neighbour

    def check(self, request: CheckRequest) -> Checked:
        """Refuse all inputs but the one that the type has, which must be there."""
        wanted = _wanted(request.urn)
        failures = [
            CheckFailure(key, f'unknown property "{key}"')
            for key in request.inputs
            if key != wanted
        ]
        if wanted not in request.inputs:
            failures.append(CheckFailure(wanted, f'missing required property "{wanted}"'))
        return Checked(request.inputs, tuple(failures))

    def diff(self, request: DiffRequest) -> Diff:
        """Another name is another reference; another stashed input keeps the output."""
        wanted = _wanted(request.urn)
        before, after = request.old_inputs.get(wanted), request.inputs.get(wanted)
        changed = (wanted,) if diff_values(before, after) else ()
        replaces = changed if type_of(request.urn) == REFERENCE else ()
        return Diff(bool(changed), replaces, changed=changed)

    def create(self, request: CreateRequest) -> State:
        """Read the stack, or stash the input."""
        id_ = "" if request.preview else str(uuid.uuid4())
        if type_of(request.urn) == REFERENCE:
            return State(id_, self._reference(request.inputs))
        value = request.inputs["input"]
        return State(id_, {"input": value, "output": value})

    def read(self, request: ReadRequest) -> State | None:
        """Read the stack again; a stash is what it was."""
        if _wanted(request.urn) not in request.inputs:
            raise EngineError(say("builtin.not-imported", type=type_of(request.urn)))
        if type_of(request.urn) == REFERENCE:
            return State(request.id, self._reference(request.inputs), request.inputs)
        return State(request.id, request.outputs, request.inputs)

    def update(self, request: UpdateRequest) -> State:
        """Keep what was stashed first."""
        kept = request.old_outputs.get("output")
        return State(request.id, {"input": request.inputs["input"], "output": kept})

    def delete(self, request: DeleteRequest) -> None:
        """Nothing outside the state to remove."""

    def invoke(self, token: str, args: PropertyMap, *, preview: bool) -> PropertyMap:
        """Answer the functions by which the SDK and programs look at stacks."""
        functions: Mapping[str, Callable[[PropertyMap], PropertyMap]] = {
            "pulumi:pulumi:getResource": self._resource,
            "pulumi:pulumi:readStackOutputs": self._reference,
            "pulumi:pulumi:readStackResourceOutputs": self._resources,
        }
        if token not in functions:
            raise EngineError(say("builtin.no-function", token=token))
        return functions[token](args)

    def _resource(self, args: PropertyMap) -> PropertyMap:
        """A resource of this run, as the SDK makes a reference whole."""
        urn = _text(args, "urn")
        run = self._deployment
        with run.lock:
            entry = run.settled.get(urn) or run.reads.get(urn)
        if entry is None:
            raise EngineError(say("builtin.no-resource", urn=urn))
        return {"urn": urn, "id": entry.state.id, "state": dict(entry.state.outputs)}

    def _reference(self, args: PropertyMap) -> PropertyMap:
        name = _text(args, "name")
        roots = [state for state in self._neighbour(name) if state.type == ROOT_TYPE]
        outputs = dict(roots[0].outputs) if roots else {}
        secret: list[Value] = [key for key, value in sorted(outputs.items()) if has_secret(value)]
        return {"name": name, "outputs": outputs, "secretOutputNames": secret}

    def _resources(self, args: PropertyMap) -> PropertyMap:
        name = _text(args, "stackName")
        outputs: PropertyMap = {
            state.urn: {"type": state.type, "id": state.id, "outputs": dict(state.outputs)}
            for state in self._neighbour(name)
            if not state.delete
        }
        return {"name": name, "outputs": outputs}


def _wanted(urn: str) -> str:
    type_ = type_of(urn)
    if type_ not in _INPUT:
        raise EngineError(say("builtin.no-type", type=type_))
    return _INPUT[type_]


def _text(args: PropertyMap, key: str) -> str:
    value = reveal(args.get(key))
    if not isinstance(value, str):
        raise EngineError(say("builtin.no-text", key=key))
    return value
