"""A policy pack of our own in this process: the same conversation, without process and port."""

import contextvars
from collections.abc import Callable
from typing import Any

import grpc  # type: ignore[import-untyped]  # it ships no types

from hue_infra.engine.host.rpc import CallError


class Inside:
    """A pack that answers by calls of its servicer; see `hue_infra.engine.policy.pack.Link`."""

    def __init__(self, servicer: object) -> None:
        """Take what would serve the pack: an object with the methods of the analyzer's service."""
        self.stub: Any = _Stub(servicer)

    def close(self) -> None:
        """End the pack, of which nothing was started."""


class _Stub:
    """Has every method of the service; what the servicer lacks is refused as over the wire."""

    def __init__(self, servicer: object) -> None:
        self._servicer = servicer

    def __getattr__(self, method: str) -> Callable[[Any], Any]:
        answer = getattr(self._servicer, method, None)

        def ask(request: object) -> object:
            context = _Context()
            if answer is None:
                raise CallError(grpc.StatusCode.UNIMPLEMENTED, method)
            try:
                # A servicer may set up the SDK for the pack, which must not reach the program.
                return contextvars.copy_context().run(answer, request, context)
            except NotImplementedError as problem:
                # So the generated base class answers for what a pack does not have.
                raise CallError(grpc.StatusCode.UNIMPLEMENTED, method) from problem
            except Exception as problem:
                told = f"Exception calling application: {problem}"
                raise CallError(grpc.StatusCode.UNKNOWN, told) from problem

        return ask


class _Context:
    """What a servicer may tell gRPC of its failure; it then raises."""

    def set_code(self, code: grpc.StatusCode) -> None:
        """Take the kind of a failure."""

    def set_details(self, details: str) -> None:
        """Take the words of a failure."""
