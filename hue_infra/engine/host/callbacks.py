"""Functions that stay in the program's process and are called from here: transforms and hooks."""

import threading
from typing import Any

import grpc  # type: ignore[import-untyped]  # it ships no types
from google.protobuf.message import Message
from pulumi.runtime.proto import callback_pb2, callback_pb2_grpc

from hue_infra.engine.deployment import Deployment
from hue_infra.engine.host import rpc
from hue_infra.errors import EngineError


class Callbacks:
    """Reaches the callback servers of the programs and components of one run."""

    def __init__(self, _: Deployment) -> None:
        self._channels: dict[str, Any] = {}
        self._lock = threading.Lock()

    def invoke(self, callback: callback_pb2.Callback, request: Message) -> bytes:
        """Call a function and return what it answered, still packed.

        Raises:
            EngineError: It raised, or its process is gone.
        """
        packed = callback_pb2.CallbackInvokeRequest(
            token=callback.token, request=request.SerializeToString()
        )
        try:
            answer: callback_pb2.CallbackInvokeResponse = self._stub(callback.target).Invoke(packed)
        except grpc.RpcError as error:
            raise EngineError(error.details() or str(error.code())) from error
        return answer.response

    def close(self) -> None:
        """Let go of the connections."""
        with self._lock:
            channels, self._channels = self._channels, {}
        for channel in channels.values():
            channel.close()

    def _stub(self, target: str) -> callback_pb2_grpc.CallbacksStub:
        with self._lock:
            if target not in self._channels:
                self._channels[target] = rpc.channel(target)
            return callback_pb2_grpc.CallbacksStub(self._channels[target])
