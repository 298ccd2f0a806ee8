"""A plugin while it runs: its process, and the connection over which it is asked.

Source: pulumi/pulumi, pkg/resource/plugin/plugin.go, newPlugin and dialPlugin.
"""

import contextlib
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import grpc  # type: ignore[import-untyped]  # it ships no types
from google.protobuf import empty_pb2
from google.protobuf.message import Message
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc

from hue_infra.engine.events import Severity
from hue_infra.engine.host import rpc
from hue_infra.engine.host.failures import is_unimplemented, sentence
from hue_infra.engine.host.process import PATIENCE, Process
from hue_infra.errors import EngineError
from hue_infra.words import say

START: Final = 120.0
"""Seconds a plugin has to tell its port: a cold Python on a busy machine takes long."""
ANSWER: Final = 10.0
"""Seconds it then has to answer for the first time, as upstream."""
_LARGEST_PORT: Final = 65535
_GLANCE: Final = 0.1
"""Seconds between two looks at whether a plugin that does not answer still lives."""

Tell = Callable[[Severity, str], None]


@dataclass(frozen=True, slots=True)
class Launch:
    """How a plugin is started, or reached where somebody else has started it.

    Attributes:
        name: The plugin's name, which messages about it begin with.
        command: What to run; the engine's address is added.
        folder: The working directory.
        environment: All its variables.
        home: The folder that the plugin lies in; None when nobody knows.
        port: Where it answers already: nothing is started then.
    """

    name: str
    command: tuple[str, ...] = ()
    folder: Path = Path()
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    home: Path | None = None
    port: int = 0


class Plugin:
    """A plugin that has answered the handshake."""

    def __init__(self, launch: Launch, engine: str, tell: Tell, start: float = START) -> None:
        self.name = launch.name
        self._tell = tell
        self._ending = threading.Lock()
        self._over = False
        self._told = False
        self._process: Process | None = None
        port = launch.port
        if not port:
            self._process = self._started(launch, engine)
            port = self._port(self._process, start)
        self._channel = rpc.channel(f"127.0.0.1:{port}")
        self._stub = provider_pb2_grpc.ResourceProviderStub(self._channel)
        try:
            self._await_ready()
            self.handshake = self._shaken(launch, engine)
            if launch.port:
                self.ask("Attach", plugin_pb2.PluginAttach(address=engine))
        except grpc.RpcError as error:
            self.close()
            raise self._mute(sentence(error)) from error
        except EngineError:
            self.close()
            raise

    def ask(self, method: str, request: Message) -> Any:  # noqa: ANN401 - whatever it answers
        """The answer to a call.

        Raises:
            EngineError: The plugin's process is gone.
            grpc.RpcError: The plugin failed.
        """
        try:
            return getattr(self._stub, method)(request)
        except grpc.RpcError as error:
            # Nothing is on the other side: the process has ended, or is about to.
            if error.code() == grpc.StatusCode.UNAVAILABLE and self._is_gone():
                raise self._premature() from error
            raise

    @property
    def version(self) -> str:
        """The version that the plugin says it has; nothing if it does not say."""
        try:
            return str(self.ask("GetPluginInfo", empty_pb2.Empty()).version)
        except grpc.RpcError as error:
            if is_unimplemented(error):
                return ""
            raise self._mute(sentence(error)) from error

    @property
    def alive(self) -> bool:
        """Whether the plugin can be asked more."""
        return not self._over and (self._process is None or self._process.code is None)

    def cancel(self) -> None:
        """Ask the plugin to give up what it does; one that does not know how goes on."""
        with contextlib.suppress(grpc.RpcError):
            self._stub.Cancel(empty_pb2.Empty(), timeout=PATIENCE)

    def close(self) -> None:
        """Let the plugin end, by force if it must be; a plugin that had ended before is told."""
        with self._ending:
            if not self._over:
                if self._process is not None:
                    self._process.catch_up()
                self._over = True
                self._close()

    def _close(self) -> None:
        process = self._process
        if process is not None and process.code is not None:
            if not self._told:
                self._tell("error", str(self._premature()))
        else:
            self.cancel()
        self._channel.close()
        if process is not None:
            process.end()

    def _started(self, launch: Launch, engine: str) -> Process:
        command = (*launch.command, engine)
        try:
            return Process(command, launch.folder, launch.environment, self._line)
        except OSError as problem:
            what = say(
                "plugins.not-started",
                name=self.name,
                command=" ".join(launch.command),
                problem=problem.strerror or str(problem),
            )
            raise EngineError(what) from problem

    def _line(self, text: str) -> None:
        # The SDK's servers print tracebacks whenever they are made to end.
        if text.strip() and not self._over:
            self._tell("info", text)

    def _port(self, process: Process, seconds: float) -> int:
        """Where the plugin answers, which it prints first."""
        said = process.first_line(seconds)
        port = int(said) if said.isdecimal() else 0
        if 0 < port <= _LARGEST_PORT:
            return port
        silent = not said and not process.wait(_GLANCE)
        process.end()
        if said:
            problem = say("plugins.bad-port", name=self.name, said=said)
        elif silent:
            problem = say("plugins.silent", name=self.name, seconds=round(seconds))
        else:
            problem = say("plugins.died", name=self.name, code=str(process.code))
        raise EngineError(_with_tail(problem, process))

    def _await_ready(self) -> None:
        """Wait until the plugin can be reached, as long as there is one."""
        deadline = time.monotonic() + ANSWER
        ready = grpc.channel_ready_future(self._channel)
        try:
            while time.monotonic() < deadline:
                with contextlib.suppress(grpc.FutureTimeoutError):
                    ready.result(timeout=_GLANCE)
                    return
                if self._process is not None and self._process.wait(0):
                    raise self._premature()
        finally:
            ready.cancel()
        raise self._mute(say("plugins.unreachable", seconds=round(ANSWER)))

    def _shaken(self, launch: Launch, engine: str) -> provider_pb2.ProviderHandshakeResponse | None:
        """What the plugin says it accepts; None from one older than the handshake."""
        home = None if launch.home is None else str(launch.home)
        request = provider_pb2.ProviderHandshakeRequest(
            engine_address=engine,
            root_directory=home,
            program_directory=home,
            configure_with_urn=True,
            supports_refresh_before_update=True,
            invoke_with_preview=True,
            sends_old_outputs_to_check=True,
        )
        try:
            answer: provider_pb2.ProviderHandshakeResponse = self._stub.Handshake(
                request, timeout=ANSWER
            )
        except grpc.RpcError as error:
            if is_unimplemented(error):
                return None
            raise
        return answer

    def _mute(self, problem: str) -> EngineError:
        return EngineError(say("plugins.no-answer", name=self.name, problem=problem))

    def _is_gone(self) -> bool:
        return self._process is not None and self._process.wait(1.0)

    def _premature(self) -> EngineError:
        assert self._process is not None  # noqa: S101 - only a process can end
        self._told = True
        problem = say("plugins.ended", name=self.name, code=str(self._process.code))
        return EngineError(_with_tail(problem, self._process))


def _with_tail(problem: str, process: Process) -> str:
    return f"{problem}\n{process.tail}".rstrip()
