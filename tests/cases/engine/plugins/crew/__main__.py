"""Components served from their classes alone."""

from typing import TypedDict

import pulumi
from pulumi.provider.experimental import component_provider_host


class TeamArgs(TypedDict):
    leader: pulumi.Input[str]
    size: pulumi.Input[int] | None


class Team(pulumi.ComponentResource):
    greeting: pulumi.Output[str]
    size: pulumi.Output[int]

    def __init__(self, name: str, args: TeamArgs, opts: pulumi.ResourceOptions | None = None):
        super().__init__("crew:index:Team", name, {}, opts)
        if args["leader"] == "nobody":
            raise ValueError("a team needs a leader")
        self.greeting = pulumi.Output.from_input(args["leader"]).apply(lambda text: f"hi {text}")
        self.size = pulumi.Output.from_input(args.get("size") or 1)
        self.register_outputs({"greeting": self.greeting, "size": self.size})


if __name__ == "__main__":
    component_provider_host(name="crew", components=[Team])
