"""The command, with a program that has a secret travel: as a resource's input and output, and
among a role's variables. The secret is what the file ``CANARY_FILE`` names holds.
"""

import json
import os
from pathlib import Path
from typing import Any

import pulumi
from pulumi.dynamic import CreateResult, ResourceProvider, UpdateResult

from hue_infra.cli.main import main
from hue_infra.providers.configuration import Configuration
from hue_infra.providers.resource import ProvidedResource
from hue_infra.stacks import machines, program

Props = dict[str, Any]


class EchoProvider(ResourceProvider):
    """Gives back what it is given, twice."""

    serialize_as_secret_always = False

    def create(self, props: Props) -> CreateResult:
        return CreateResult("echo", {**props, "answer": props["word"] * 2})

    def update(self, _id: str, _olds: Props, news: Props) -> UpdateResult:
        return UpdateResult({**news, "answer": news["word"] * 2})


class Echo(ProvidedResource, kind="test:Echo", provider=EchoProvider):
    """A secret input, and an output that is secret because the input is."""

    answer: pulumi.Output[str]

    def __init__(self, name: str, word: pulumi.Output[str]) -> None:
        secret = pulumi.ResourceOptions(additional_secret_outputs=["answer"])
        super().__init__(name, {"word": word, "answer": None}, secret)


def extended(scene: Any) -> None:
    """The province, and what the secret travels through."""
    ground = machines.bring_up(scene)
    canary = pulumi.Output.secret(Path(os.environ["CANARY_FILE"]).read_text("utf-8").strip())
    echo = Echo("echo", canary)
    pulumi.export("answer", echo.answer)
    machine = scene.blueprint.machines[0]
    (base,) = (call for call in scene.role_calls(machine) if call.role == "base")
    # Keys of nobody's account: they travel to the machine and change nothing there.
    told = echo.answer.apply(
        lambda word: json.dumps({**base.variables, "base_operator_keys": [f"ssh-rsa {word}"]})
    )
    Configuration(
        f"{machine.name}/canary",
        {
            "machine": scene.reach(machine),
            "order": ["base"],
            "roles": {"base": told},
            "instance": "",
            "kept": "",
            "home": str(scene.home),
        },
        pulumi.ResourceOptions(depends_on=[echo, *ground.configured.values()]),
    )


program.build = extended
main()
