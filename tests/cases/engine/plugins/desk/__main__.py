"""A provider of components with methods, as the SDK's older class makes them."""

import sys

import pulumi
from pulumi.provider import CallResult, CheckFailure, ConstructResult, Provider, main
from pulumi.provider.provider import InvokeResult


class Desk(pulumi.ComponentResource):
    def __init__(self, name, props, opts):
        super().__init__("desk:index:Desk", name, {}, opts)
        self.label = pulumi.Output.from_input(props["label"]).apply(lambda text: f"desk {text}")
        self.register_outputs({"label": self.label})


class Maker(Provider):
    def __init__(self):
        super().__init__("0.3.0")

    def construct(self, name, resource_type, inputs, options=None):
        if "label" not in inputs:
            raise pulumi.InputPropertiesError(
                "it cannot be told apart",
                [
                    {"property_path": "label", "reason": "is missing"},
                    {"property_path": "color", "reason": "is ugly"},
                ],
            )
        made = Desk(name, inputs, options)
        return ConstructResult(made.urn, {"label": made.label})

    def call(self, token, args):
        if token == "desk:index:Desk/fail":
            return CallResult({}, [CheckFailure("height", "is too low")])
        if token == "desk:index:Desk/spill":
            raise pulumi.InputPropertyError("text", "the ink is dry")
        text = pulumi.Output.from_input(args["text"])
        return CallResult({"written": text.apply(str.upper)})

    def invoke(self, token, args):
        if token == "desk:index:ask":
            return InvokeResult({"answer": args["question"]})
        if token == "desk:index:sigh":
            raise pulumi.RunError("nobody knows")
        return InvokeResult({}, [CheckFailure("question", "is too hard")])


main(Maker(), sys.argv[1:])
