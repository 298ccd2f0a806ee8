"""Dynamic providers, in this process, given and kept what Pulumi's own host gives and keeps."""

import pulumi
import pytest
from pulumi.dynamic import (
    CheckFailure,
    CheckResult,
    CreateResult,
    DiffResult,
    ReadResult,
    Resource,
    ResourceProvider,
    UpdateResult,
)

from hue_infra.engine import events, progress
from hue_infra.engine.values import Secret

KIND = "pulumi-python:dynamic:Resource"
SEEN = []
FILES = {}


class FileProvider(ResourceProvider):
    def configure(self, req):
        self.prefix = req.config.get("prefix") or ""
        SEEN.append(("configure", self.prefix))

    def check(self, olds, news):
        failures = [CheckFailure("text", "is empty")] if news.get("text") == "" else []
        return CheckResult({**news, "size": 1}, failures)

    def diff(self, id_, olds, news):
        SEEN.append(("diff", olds.get("text"), news.get("text")))
        replaces = ["path"] if olds["path"] != news["path"] else []
        return DiffResult(
            olds["path"] != news["path"] or olds["text"] != news["text"], replaces, ["stamp"]
        )

    def create(self, props):
        progress.say("writing")
        SEEN.append(("create", props["text"]))
        FILES[props["path"]] = props["text"]
        url = self.prefix + props["path"]
        return CreateResult(props["path"], {**props, "stamp": "s1", "url": url})

    def read(self, id_, props):
        if id_ not in FILES:
            return ReadResult(None, {})
        return ReadResult(id_, {**props, "text": FILES[id_]})

    def update(self, id_, olds, news):
        SEEN.append(("update", olds["text"], news["text"]))
        FILES[id_] = news["text"]
        return UpdateResult({**news, "stamp": olds["stamp"], "url": self.prefix + id_})

    def delete(self, id_, props):
        SEEN.append(("delete", id_))
        del FILES[id_]


class File(Resource):
    def __init__(self, name, path, text, opts=None):
        props = {"path": path, "text": text, "stamp": None, "url": None}
        super().__init__(FileProvider(), name, props, opts)


class Plain(Resource):
    """Implements nothing but create: the engine compares inputs."""

    def __init__(self, name, opts=None, provider=None, **props):
        super().__init__(provider or PlainProvider(), name, {"out": None, **props}, opts)


class PlainProvider(ResourceProvider):
    def create(self, props):
        return CreateResult("x", {**props, "out": 1})


@pytest.fixture(autouse=True)
def _clean():
    SEEN.clear()
    FILES.clear()


def ops(kit, outcome):
    return kit.ops(outcome, KIND)


def test_life_of_a_dynamic_resource(stack, kit):
    def program(path, text):
        def run():
            pulumi.export("url", File("f", path, text).url)

        return run

    created = stack.up(program("a", "one"), config={"hue:prefix": "p/"})
    updated = stack.up(program("a", "two"), config={"hue:prefix": "p/"})
    replaced = stack.up(program("b", "two"), config={"hue:prefix": "p/"})
    gone = stack.destroy()

    assert ops(kit, created) == [("create", "f")]
    assert created.outputs == {"url": "p/a"}
    assert ops(kit, updated) == [("update", "f")]
    assert ("create-replacement", "f") in ops(kit, replaced)
    assert ops(kit, gone) == [("delete", "f")]
    assert [call for call in SEEN if call[0] not in {"diff", "configure"}] == [
        ("create", "one"),
        ("update", "one", "two"),
        ("create", "two"),
        ("delete", "a"),
        ("delete", "b"),
    ]
    assert FILES == {}
    assert "writing" in [event.text for event in stack.events if isinstance(event, events.Status)]


def test_a_preview_knows_inputs_and_what_an_update_leaves_alone(stack, kit):
    seen = {}

    def program(text):
        def run():
            file = File("f", "a", text)
            for key in ("text", "stamp", "url"):
                seen[key] = getattr(file, key)
                pulumi.export(key, seen[key])

        return run

    first = stack.preview(program("one"))
    stack.up(program("one"))
    second = stack.preview(program("two"))

    assert FILES == {"a": "one"}
    assert {key for key in first.outputs if isinstance(first.outputs[key], str)} == {"text"}
    assert {key for key in second.outputs if isinstance(second.outputs[key], str)} == {
        "text",
        "stamp",
    }


def test_refused_inputs_fail_the_preview(stack, kit):
    outcome = stack.preview(lambda: File("f", "a", "") and None)

    assert not outcome.ok
    assert "is empty" in outcome.diagnostics[0].message


def test_secrets_come_to_the_provider_in_clear_and_back_as_secrets(stack, kit):
    stack.up(lambda: File("f", "a", pulumi.Output.secret("one")) and None)

    assert ("create", "one") in SEEN
    state = stack.state("f")
    assert state.inputs["text"] == Secret("one")
    assert state.outputs["text"] == Secret("one")
    assert isinstance(state.inputs["__provider"], Secret)
    assert isinstance(state.outputs["__provider"], Secret)


def test_numbers_come_as_floats_and_whole_ones_are_kept_as_such(stack, kit):
    class Counting(PlainProvider):
        def create(self, props):
            kind = type(props["n"]).__name__
            return CreateResult("x", {**props, "out": kind})

    def program():
        pulumi.export("kind", Plain("a", provider=Counting(), n=3).out)

    assert stack.up(program).outputs == {"kind": "float"}
    assert stack.state("a").inputs["n"] == 3
    assert ops(kit, stack.up(program)) == []


def test_without_a_diff_the_engine_compares_inputs(stack, kit):
    stack.up(lambda: Plain("a", n=1) and None)

    assert ops(kit, stack.up(lambda: Plain("a", n=1) and None)) == []
    assert ops(kit, stack.up(lambda: Plain("a", n=2) and None)) == [("update", "a")]


def test_refresh_sees_what_changed_and_what_is_gone(stack, kit):
    def program():
        File("f", "a", "one")
        File("g", "b", "one")

    stack.up(program)
    FILES["a"] = "edited"
    del FILES["b"]

    stack.refresh()

    assert stack.state("f").outputs["text"] == "edited"
    assert [item.name for item in stack.snapshot().resources if item.type == KIND] == ["f"]
    assert ops(kit, stack.up(program)) == [("create", "g"), ("update", "f")]


def test_a_provider_that_raises_is_told_without_its_insides(stack, kit):
    class Broken(PlainProvider):
        def create(self, props):
            raise Exception("the disk is full")  # noqa: TRY002 - as people do

    outcome = stack.up(lambda: Plain("a", provider=Broken()) and None)

    assert [item.message for item in outcome.diagnostics] == ["the disk is full"]


@pytest.mark.slow
def test_a_thousand_dynamic_resources_are_no_trouble(stack, kit):
    """The SDK's own pickling dies of a few hundred."""

    class Local(PlainProvider):
        def __init__(self):
            self.settings = {"deep": {"deeper": [1, 2, 3]}}

    def program():
        for number in range(1000):
            Plain(f"r{number}", provider=Local(), n=number)

    outcome = stack.preview(program)

    assert outcome.ok
    assert len(ops(kit, outcome)) == 1000
