"""gRPC as both sides of the engine use it: servers made of plain objects, channels to plugins.

An object serves a service of Pulumi's protocol by having methods of the protocol's names; what
it lacks is refused by name.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

import grpc  # type: ignore[import-untyped]  # it ships no types
from google.protobuf import message_factory
from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor

from hue_infra.engine import refusals

LARGEST: Final = 400 * 1024 * 1024
"""Bytes of one message, as upstream allows: archives of text travel whole."""
LIMITS: Final = (
    ("grpc.max_receive_message_length", LARGEST),
    ("grpc.max_send_message_length", LARGEST),
)
WIDTH: Final = 2048
"""Calls that may wait at a time: a registration waits until its step is done, and a component
waits for its children. Threads are only made as calls come."""
GRACE: Final = 1.0
"""Seconds that open calls are given when a server ends."""


class CallError(grpc.RpcError):  # type: ignore[misc]  # it ships no types
    """A call that failed, as a stub raises it: what stands in for a server here raises it too."""

    def __init__(self, code: grpc.StatusCode, details: str) -> None:
        super().__init__(details)
        self._code = code
        self._details = details

    def code(self) -> grpc.StatusCode:
        """The kind of failure."""
        return self._code

    def details(self) -> str:
        """The sentence."""
        return self._details


class Server:
    """A server on the loopback, on a port that the system chooses."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(WIDTH, "rpc")
        self._server = grpc.server(self._pool, options=LIMITS)
        self.address = ""

    def serve(self, service: object, described: ServiceDescriptor) -> None:
        """Answer the calls of a service by the methods of *service*."""
        handlers = {
            method.name: _handler(service, method)
            for method in described.methods
            if not (method.server_streaming or method.client_streaming)
        }
        generic = grpc.method_handlers_generic_handler(described.full_name, handlers)
        self._server.add_generic_rpc_handlers((generic,))

    def start(self) -> None:
        """Begin to answer at `address`."""
        port = self._server.add_insecure_port("127.0.0.1:0")
        self._server.start()
        self.address = f"127.0.0.1:{port}"

    def close(self) -> None:
        """Answer nothing more."""
        self._server.stop(GRACE).wait()
        self._pool.shutdown(wait=False)


def channel(address: str) -> Any:  # noqa: ANN401 - grpc ships no types
    """A channel to *address* that takes messages as large as upstream does."""
    # A proxy of the environment must not come between two processes of one machine.
    return grpc.insecure_channel(address, options=(*LIMITS, ("grpc.enable_http_proxy", 0)))


def _handler(service: object, method: MethodDescriptor) -> Any:  # noqa: ANN401 - grpc ships no types
    made = message_factory.GetMessageClass(method.input_type)
    return grpc.unary_unary_rpc_method_handler(
        _behaviour(getattr(service, method.name, None), method.name),
        request_deserializer=made.FromString,
        response_serializer=lambda answer: answer.SerializeToString(),
    )


def _behaviour(answer: Callable[[Any], Any] | None, name: str) -> Callable[[Any, Any], Any]:
    def behave(request: Any, context: Any) -> Any:  # noqa: ANN401 - grpc ships no types
        if answer is None:
            context.abort(grpc.StatusCode.UNIMPLEMENTED, str(refusals.feature_error(name)))
            return None
        try:
            return answer(request)
        except grpc.RpcError as error:
            context.abort(error.code(), error.details())

    return behave
