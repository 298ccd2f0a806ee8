"""Calls to a provider for one resource: secrets, status and the failures of others' code."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TypeVar

from hue_infra.engine import progress
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
    FindRequest,
    PartialFailure,
    Provider,
    ReadRequest,
    State,
    UpdateRequest,
)
from hue_infra.engine.values import (
    PropertyMap,
    Secret,
    annotate_secrets,
    properties_without_secrets,
)
from hue_infra.errors import EngineError, HueError

Answer = TypeVar("Answer")


class ProviderError(EngineError):
    """A provider failed; nothing is known to have changed."""


class Calls:
    """A provider as the engine calls it for the resource *urn*.

    A provider that does not accept secrets gets plain values; whatever it answers, an output
    whose namesake input is secret comes back secret.
    """

    def __init__(self, provider: Provider, urn: str, say: Callable[[str, str], None]) -> None:
        self.provider = provider
        self.urn = urn
        self._say = say

    def check(
        self,
        old: PropertyMap | None,
        new: PropertyMap,
        seed: bytes,
        outputs: PropertyMap | None = None,
    ) -> Checked:
        """Validate inputs; *old* ones and *outputs* are those of a resource that is to change."""
        old_inputs = None if old is None else self._given(old)
        recorded = None if outputs is None else self._given(outputs)
        request = CheckRequest(
            self.urn, old_inputs, self._given(new), seed, self.status, old_outputs=recorded
        )
        checked = self._ask(lambda: self.provider.check(request))
        return Checked(annotate_secrets(checked.inputs, new), checked.failures)

    def diff(
        self,
        id_: str,
        old: tuple[PropertyMap, PropertyMap],
        new: PropertyMap,
        ignore_changes: tuple[str, ...],
    ) -> Diff:
        """Compare *old* (inputs, outputs) with new inputs."""
        request = DiffRequest(
            self.urn,
            id_,
            self._given(old[0]),
            self._given(old[1]),
            self._given(new),
            ignore_changes,
            self.status,
        )
        return self._ask(lambda: self.provider.diff(request))

    def create(self, inputs: PropertyMap, timeout: float | None, *, preview: bool) -> State:
        """Make the resource, or foretell it."""
        request = CreateRequest(self.urn, self._given(inputs), timeout, preview, self.status)
        with _annotating(inputs):
            return _annotated(self._ask(lambda: self.provider.create(request)), inputs)

    def update(
        self,
        id_: str,
        old: tuple[PropertyMap, PropertyMap],
        new: PropertyMap,
        *,
        timeout: float | None,
        preview: bool,
        ignore_changes: tuple[str, ...],
    ) -> State:
        """Change the resource in place, or foretell it."""
        request = UpdateRequest(
            self.urn,
            id_,
            self._given(old[0]),
            self._given(old[1]),
            self._given(new),
            timeout,
            preview,
            ignore_changes,
            self.status,
        )
        with _annotating(new):
            return _annotated(self._ask(lambda: self.provider.update(request)), new)

    def read(self, id_: str, inputs: PropertyMap, outputs: PropertyMap) -> State | None:
        """Look at the resource as it is."""
        request = ReadRequest(self.urn, id_, self._given(inputs), self._given(outputs), self.status)
        marks = {**outputs, **inputs}
        with _annotating(marks):
            found = self._ask(lambda: self.provider.read(request))
            return None if found is None else _annotated(found, marks)

    def look(
        self, id_: str, inputs: PropertyMap, outputs: PropertyMap
    ) -> tuple[State | None, tuple[str, ...]]:
        """As `read`, also at what is not ready: what was found, and why it is not ready."""
        try:
            return self.read(id_, inputs, outputs), ()
        except PartialFailure as failure:
            made = State(failure.id or id_, failure.outputs, failure.inputs)
            return made, failure.reasons

    def find(self, inputs: PropertyMap) -> State | None:
        """Look for what a cut-off create left behind."""
        request = FindRequest(self.urn, self._given(inputs), self.status)
        found = self._ask(lambda: self.provider.find(request))
        return None if found is None else _annotated(found, inputs)

    def delete(
        self, id_: str, inputs: PropertyMap, outputs: PropertyMap, timeout: float | None
    ) -> None:
        """Remove the resource."""
        request = DeleteRequest(
            self.urn, id_, self._given(inputs), self._given(outputs), timeout, self.status
        )
        self._ask(lambda: self.provider.delete(request))

    def invoke(self, token: str, args: PropertyMap, *, preview: bool) -> PropertyMap:
        """Ask a function of the provider."""
        given = self._given(args)
        return self._ask(lambda: self.provider.invoke(token, given, preview=preview))

    def construct(self, request: ConstructRequest) -> Constructed:
        """Have a component made."""
        return self._ask(lambda: self.provider.construct(request))

    def call(self, request: CallRequest) -> Called:
        """Have a method of a resource answered."""
        return self._ask(lambda: self.provider.call(request))

    def status(self, text: str) -> None:
        """Tell what the call waits for."""
        self._say(self.urn, text)

    def _given(self, properties: PropertyMap) -> PropertyMap:
        if self.provider.accepts_secrets:
            return properties
        return properties_without_secrets(properties)

    def _ask(self, call: Callable[[], Answer]) -> Answer:
        with progress.listening(self.status):
            try:
                return call()
            except HueError:
                raise
            except Exception as error:
                # Whatever a provider raises is one resource's failure, not the engine's.
                raise ProviderError(_retold(error)) from error


def _retold(error: Exception) -> str:
    name = type(error).__name__
    text = str(error)
    return text if text and name in {"Exception", "RunError"} else f"{name}: {text}".rstrip(": ")


def _annotated(state: State, marks: PropertyMap) -> State:
    inputs = None if state.inputs is None else annotate_secrets(state.inputs, marks)
    return replace(state, outputs=annotate_secrets(state.outputs, marks), inputs=inputs)


@contextmanager
def _annotating(marks: PropertyMap) -> Iterator[None]:
    """Mark secrets in the state that a partial failure carries."""
    try:
        yield
    except PartialFailure as failure:
        failure.outputs = annotate_secrets(failure.outputs, marks)
        if failure.inputs is not None:
            failure.inputs = annotate_secrets(failure.inputs, marks)
        raise


def with_secret_outputs(outputs: PropertyMap, names: tuple[str, ...]) -> PropertyMap:
    """Mark secret the outputs that the program's ``additional_secret_outputs`` name."""
    marked = dict(outputs)
    for name in names:
        value = marked.get(name)
        if name in marked and name != "id" and not isinstance(value, Secret):
            marked[name] = Secret(value)
    return marked
