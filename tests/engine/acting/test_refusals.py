"""What the engine lacks is refused by name, in preview as in up, and nothing is touched."""

import pulumi
import pytest
from pulumi.runtime import settings
from pulumi.runtime.proto import resource_pb2

from hue_infra.engine.provider import Checked, CheckFailure

Opts = pulumi.ResourceOptions


def extension():
    settings.get_monitor().RegisterPackage(
        resource_pb2.RegisterPackageRequest(
            name="cloud", extension=resource_pb2.Parameterization(name="more", version="1.0.0")
        )
    )


CASES = {
    "state_migrations": lambda kit: kit.Thing("a", Opts(state_migrations=[lambda args: None])),
    "delete_before_replace": lambda kit: kit.Account("a", Opts(delete_before_replace=True)),
    "extension parameterization (more)": lambda kit: extension(),
    ">=4.0.0": lambda kit: pulumi.runtime.require_pulumi_version(">=4.0.0"),
    "missing": lambda kit: pulumi.CustomResource("missing:x:Y", "y", {}),
    "Construct cloud:x:Z": lambda kit: pulumi.ComponentResource("cloud:x:Z", "z", {}, None, True),
}


@pytest.mark.parametrize("name", CASES)
def test_what_is_lacking_is_refused_by_name(name, stack, kit):
    previewed = stack.preview(lambda: CASES[name](kit) and None)
    outcome = stack.up(lambda: CASES[name](kit) and None)

    for run in (previewed, outcome):
        assert not run.ok
        text = "\n".join(item.message for item in run.diagnostics)
        assert name in text
        assert "Traceback" not in text
    assert ("create", "a") not in stack.world.touched()


def test_two_resources_of_one_name_are_refused(stack, kit):
    def program():
        kit.Thing("a")
        kit.Thing("a")

    outcome = stack.up(program)

    assert not outcome.ok
    assert any("same name" in item.message for item in outcome.diagnostics)


def test_inputs_that_the_provider_refuses_are_all_told(stack, kit, monkeypatch):
    failures = (CheckFailure("value", "too large"), CheckFailure("size", "missing"))
    monkeypatch.setattr(kit.Cloud, "check", lambda self, request: Checked(request.inputs, failures))

    outcome = stack.preview(lambda: kit.Thing("a"))

    assert [item.message for item in outcome.diagnostics] == [
        "a: property value is refused: too large",
        "a: property size is refused: missing",
    ]
