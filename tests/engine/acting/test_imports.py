"""Existing resources that a program takes over, and those that it only looks up."""

import pulumi
import pytest

from hue_infra.engine.provider import State

Opts = pulumi.ResourceOptions


@pytest.fixture
def there(stack):
    """Something that exists though no state knows it."""
    stack.world.things["x1"] = {"name": "a", "value": 1, "computed": "<1>"}
    return "x1"


@pytest.fixture
def importable(kit, monkeypatch):
    """A provider that tells of a resource what it was made of."""
    read = kit.Cloud.read

    def told(self, request):
        found = read(self, request)
        if found is None:
            return None
        inputs = {key: item for key, item in found.outputs.items() if key != "computed"}
        return State(found.id, found.outputs, inputs)

    monkeypatch.setattr(kit.Cloud, "read", told)


def imported(kit, id_, **inputs):
    return lambda: kit.Thing("a", Opts(import_=id_), **inputs) and None


@pytest.mark.usefixtures("importable")
def test_an_import_takes_over_what_exists(stack, kit, there):
    previewed = stack.preview(imported(kit, there, value=1))
    outcome = stack.up(imported(kit, there, value=1))

    assert outcome.ok, outcome.diagnostics
    assert kit.ops(outcome) == kit.ops(previewed) == [("import", "a")]
    assert stack.state("a").id == there
    assert stack.state("a").import_id == there
    assert stack.world.touched() == []
    assert kit.ops(stack.up(imported(kit, there, value=1))) == []
    assert stack.destroy().ok
    assert stack.world.things == {}


@pytest.mark.usefixtures("importable")
def test_an_import_is_brought_to_what_the_program_wants(stack, kit, there):
    outcome = stack.up(imported(kit, there, value=2))

    assert outcome.ok
    assert kit.ops(outcome) == [("import", "a"), ("update", "a")]
    assert stack.world.things[there]["value"] == 2


@pytest.mark.usefixtures("importable")
def test_an_import_replaces_another_of_the_same_name(stack, kit, there):
    stack.up(lambda: kit.Thing("a", value=1))
    made = stack.state("a").id

    outcome = stack.up(imported(kit, there, value=1))

    assert outcome.ok
    assert kit.ops(outcome) == [
        ("delete-replaced", "a"),
        ("import-replacement", "a"),
        ("replace", "a"),
    ]
    assert set(stack.world.things) == {there}
    assert made != there


@pytest.mark.usefixtures("importable")
def test_what_still_names_its_import_is_not_replaced(stack, kit, there):
    stack.world.things[there]["fixed"] = 1
    stack.up(imported(kit, there, value=1, fixed=1))

    previewed = stack.preview(imported(kit, there, value=1, fixed=2))
    outcome = stack.up(imported(kit, there, value=1, fixed=2))

    assert previewed.ok
    assert not outcome.ok
    for run in (previewed, outcome):
        assert any("import_" in item.message for item in run.diagnostics)
    assert stack.world.touched() == []


@pytest.mark.usefixtures("importable")
def test_what_does_not_exist_cannot_be_imported(stack, kit):
    outcome = stack.up(imported(kit, "nowhere"))

    assert not outcome.ok
    assert "nowhere" in outcome.diagnostics[0].message
    assert stack.names() == []


def test_a_provider_that_tells_no_inputs_cannot_import(stack, kit, there):
    outcome = stack.up(imported(kit, there, value=1))

    assert not outcome.ok
    assert "cannot be imported" in outcome.diagnostics[0].message


class Found(pulumi.CustomResource):
    def __init__(self, name, id_):
        super().__init__("cloud:index:Thing", name, {"value": None}, Opts(id=id_))


def test_reading_what_was_managed_releases_it(stack, kit):
    stack.up(lambda: kit.Thing("a", value=1))
    made = stack.state("a").id

    outcome = stack.up(lambda: Found("a", made) and None)

    assert kit.ops(outcome) == [("read", "a")]
    assert stack.state("a").external
    assert stack.destroy().ok
    assert set(stack.world.things) == {made}


def test_reading_another_deletes_what_was_managed(stack, kit, there):
    stack.up(lambda: kit.Thing("a", value=1))

    outcome = stack.up(lambda: Found("a", there) and None)

    assert outcome.ok
    assert kit.ops(outcome) == [
        ("delete-replaced", "a"),
        ("read-replacement", "a"),
        ("replace", "a"),
    ]
    assert set(stack.world.things) == {there}


def test_managing_what_was_read_makes_one_of_our_own(stack, kit, there):
    stack.up(lambda: Found("a", there) and None)

    outcome = stack.up(lambda: kit.Thing("a", value=1))

    assert outcome.ok
    assert kit.ops(outcome) == [
        ("create-replacement", "a"),
        ("discard-replaced", "a"),
        ("replace", "a"),
    ]
    assert len(stack.world.things) == 2


def test_what_is_no_longer_read_leaves_the_state_alone(stack, kit, there):
    stack.up(lambda: Found("a", there) and None)

    outcome = stack.up(lambda: None)

    assert kit.ops(outcome) == [("read-discard", "a")]
    assert there in stack.world.things
    assert stack.names() == []
