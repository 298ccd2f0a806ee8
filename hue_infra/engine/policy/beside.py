"""A policy pack in a process of its own: started by its own Python, found by the port it prints.

Source: pulumi/pulumi, sdk/python/cmd/pulumi-language-python/main.go, RunPlugin.
"""

import json
from typing import Any, Final

from pulumi.runtime.proto import analyzer_pb2_grpc

from hue_infra.engine.analysis import Scene
from hue_infra.engine.host import interpreter
from hue_infra.engine.host.process import Process
from hue_infra.engine.host.rpc import channel
from hue_infra.engine.policy.project import PackProject
from hue_infra.errors import EngineError, InputError
from hue_infra.words import say

START: Final = 120.0
"""Seconds that a pack may take until it prints its port."""
NOBODY: Final = "127.0.0.1:0"
"""The engine's address, which the launcher wants and never uses."""


class Beside:
    """A running pack, spoken to over gRPC."""

    stub: Any
    """Has the methods of the analyzer's service."""

    def __init__(self, pack: PackProject, scene: Scene) -> None:
        """Start the pack and wait until it can be asked.

        Raises:
            InputError: Its Python is not there.
            EngineError: It ends, or says nothing, before it prints its port.
        """
        chosen = interpreter.choose(pack.folder, pack.options)
        if chosen.missing:
            raise InputError(say("policy.no-python", pack=str(pack.folder), path=chosen.missing))
        command = (str(chosen.python), "-u", "-m", "pulumi.policy", NOBODY, str(pack.folder))
        environment = {**chosen.environment, **_told(scene)}
        self._process = Process(command, pack.folder, environment, scene.tell)
        port = self._process.first_line(START)
        if not port.isdigit():
            self._process.end()
            head = say("policy.start", pack=str(pack.folder))
            raise EngineError(f"{head}\n{self._process.tail}".rstrip())
        self._channel = channel(f"127.0.0.1:{port}")
        self.stub = analyzer_pb2_grpc.AnalyzerStub(self._channel)

    def close(self) -> None:
        """End the pack's process."""
        self._channel.close()
        self._process.end()


def _told(scene: Scene) -> dict[str, str]:
    """What a pack learns of the run before it is asked, as upstream's launcher tells it."""
    return {
        "PULUMI_ORGANIZATION": scene.organization,
        "PULUMI_PROJECT": scene.project,
        "PULUMI_STACK": scene.stack,
        "PULUMI_DRY_RUN": str(scene.preview).lower(),
        "PULUMI_CONFIG": json.dumps(dict(scene.config)),
    }
