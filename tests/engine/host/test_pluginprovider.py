"""A plugin is asked as Pulumi asks it, and its answers mean what Pulumi takes them for."""

import json

import pytest

from hue_infra.engine import signatures as sign
from hue_infra.engine.calls import ProviderError
from hue_infra.engine.provider import (
    CheckFailure,
    CheckRequest,
    CreateRequest,
    DeleteRequest,
    DiffRequest,
    InvokeFailure,
    PartialFailure,
    ReadRequest,
    UpdateRequest,
)
from hue_infra.engine.values import UNKNOWN, Asset, OutputValue, ResourceReference, Secret
from hue_infra.errors import EngineError

pytestmark = pytest.mark.slow

URN = "urn:pulumi:lab::hue::shelf:index:Room$shelf:index:Book::atlas"
KIND = "shelf:index:Book"
SEED = b"seed"


def seen(provider, package):
    """What the plugin was asked since this was called last."""
    found = provider.invoke(f"{package}:index:seen", {}, preview=False)["seen"]
    return [json.loads(item) if isinstance(item, str) else item for item in found]


def urn_of(package):
    return f"urn:pulumi:lab::hue::pulumi:providers:{package}::default"


def marked(value):
    """A secret as the protocol carries it."""
    return {sign.KEY: sign.SECRET, "value": value}


@pytest.fixture(scope="module")
def wary(yard):
    """A provider that accepts no secrets and foretells nothing."""
    provider = yard.find("shelf")
    provider.configure({"trusts": "no", "foretells": "no"})
    return provider


@pytest.fixture(scope="module")
def bare(yard):
    provider = yard.find("bare")
    provider.configure({"town": "Huế", "key": Secret("k"), "nested": {"b": [1, True], "a": None}})
    return provider


@pytest.fixture
def asked(bare):
    """What the bare plugin was asked in this test."""
    seen(bare, "bare")
    return lambda: seen(bare, "bare")


class TestSettings:
    def test_are_checked_without_secrets_and_marked_again(self, yard):
        provider = yard.find("shelf")

        checked = provider.check_config({"room": "old"}, {"room": Secret("hall"), "x": UNKNOWN})

        assert checked.inputs == {"room": Secret("hall"), "x": UNKNOWN, "lamp": "on"}
        assert checked.failures == ()
        provider.configure({})
        call = seen(provider, "shelf")[0]
        assert call["new"] == {"room": "hall", "x": "unknown"}
        assert call["old"] == {"room": "old"}
        assert call["urn"] == urn_of("shelf")

    def test_are_refused_with_reasons(self, yard):
        provider = yard.find("shelf")

        checked = provider.check_config(None, {"room": "attic"})

        assert checked.failures == (CheckFailure("room", "is too damp"),)
        provider.close()

    @pytest.mark.parametrize(("new", "replaces"), [("hall", ()), ("attic", ("room",))])
    def test_differ_as_the_plugin_says(self, yard, new, replaces):
        provider = yard.find("shelf")

        diff = provider.diff_config({"room": "hall"}, {"room": new})

        assert diff.replaces == replaces
        provider.close()

    def test_pass_unseen_by_a_plugin_that_cannot_check_them(self, yard):
        provider = yard.find("desk")

        assert provider.check_config(None, {"a": Secret(1)}).inputs == {"a": Secret(1)}
        assert provider.diff_config({"a": 1}, {"a": 2}).changes is None
        provider.close()

    def test_are_handed_over_whole(self, yard, bare):
        again = yard.find("bare")
        nested = {"b": [1, True], "a": None}
        again.configure({"town": "Huế", "key": Secret("k"), "nested": nested, "version": "1.0.0"})

        shaken, call = seen(again, "bare")[-2:]

        assert shaken["engine_address"] == yard.engine
        assert call["variables"] == {
            "bare:config:town": "Huế",
            "bare:config:key": "k",
            "bare:config:nested": '{"a":null,"b":[1,true]}',
        }
        assert call["args"]["key"] == marked("k")
        assert call["args"]["nested"] == {"b": [1.0, True], "a": None}
        assert call["args"]["version"] == "1.0.0"
        assert (call["urn"], call["name"]) == (urn_of("bare"), "default")
        assert call["type"] == "pulumi:providers:bare"
        assert call["id"] == sign.UNKNOWN
        flags = ("acceptSecrets", "acceptResources", "sends_old_inputs")
        assert all(call[flag] for flag in (*flags, "sends_old_inputs_to_delete"))
        again.close()

    def test_that_are_missing_are_all_named(self, yard):
        provider = yard.find("bare")

        with pytest.raises(EngineError, match="bare:town is missing: Where it is") as told:
            provider.configure({})

        assert "bare:street is missing: The address there." in str(told.value)
        provider.close()

    def test_that_the_plugin_refuses_fail(self, yard):
        provider = yard.find("shelf")

        with pytest.raises(ProviderError, match="the cellar is locked"):
            provider.configure({"room": "cellar"})

        provider.close()

    def test_say_what_the_plugin_accepts(self, shelf, wary, bare):
        assert (shelf.supports_preview, wary.supports_preview) == (True, False)
        # At its handshake it has said so, whatever it answers to its settings.
        assert bare.supports_preview


class TestCheck:
    def test_fills_in_defaults(self, shelf):
        checked = shelf.check(CheckRequest(URN, None, {"title": "Atlas"}, SEED))

        assert checked.inputs == {"title": "Atlas", "pages": 100}
        assert checked.failures == ()

    def test_fails_with_reasons(self, shelf):
        checked = shelf.check(CheckRequest(URN, {"title": "x"}, {"title": ""}, SEED))

        assert checked.failures == (CheckFailure("title", "is empty"),)

    def test_sends_all_it_may_need(self, bare, asked):
        news = {"a": UNKNOWN, "s": Secret("x"), "r": ResourceReference("urn:x", "id")}
        request = CheckRequest(URN, {"a": 1}, news, SEED, old_outputs={"out": 2})

        checked = bare.check(request)

        assert checked.inputs == news
        (call,) = asked()
        assert call["news"]["a"] == sign.UNKNOWN
        assert call["news"]["s"] == "x"
        assert call["news"]["r"][sign.KEY] == sign.REFERENCE
        assert (call["olds"], call["old_outputs"]) == ({"a": 1}, {"out": 2})
        assert (call["urn"], call["name"], call["type"]) == (URN, "atlas", KIND)
        assert call["randomSeed"] == "c2VlZA=="

    def test_of_a_new_resource_sends_no_outputs_and_empty_inputs(self, bare, asked):
        bare.check(CheckRequest(URN, None, {"a": 1}, SEED))

        (call,) = asked()
        assert call["olds"] == {}
        assert "old_outputs" not in call

    def test_marks_what_went_in_secret(self, wary):
        given = {"title": Secret("t"), "parts": {"a": Secret(1), "b": 2}, "list": [Secret(1), 2]}

        checked = wary.check(CheckRequest(URN, None, given, SEED))

        assert checked.inputs == {
            "title": Secret("t"),
            "parts": {"a": Secret(1), "b": 2},
            "list": [Secret(1), 2],
            "pages": 100,
        }
        news = seen(wary, "shelf")[-1]["new"]
        assert news == {"title": "t", "parts": {"a": 1, "b": 2}, "list": [1, 2]}

    def test_hands_secrets_to_who_accepts_them(self, shelf):
        seen(shelf, "shelf")

        checked = shelf.check(CheckRequest(URN, None, {"title": Secret("t")}, SEED))

        assert checked.inputs["title"] == Secret("t")
        assert seen(shelf, "shelf")[0]["new"] == {"title": "secret t"}


class TestDiff:
    def difference(self, provider, how, **old):
        new = {"title": "Atlas", "how": how}
        return provider.diff(DiffRequest(URN, "book-1", {}, {**new, **old}, new, ("pages",)))

    def test_that_the_plugin_does_not_know(self, shelf):
        assert self.difference(shelf, "unknown").changes is None

    def test_that_there_is_none(self, shelf):
        diff = self.difference(shelf, "none")

        assert diff.changes is False
        assert diff.stables == ("mark",)

    def test_by_names(self, shelf):
        diff = self.difference(shelf, "named")

        assert diff.changes is True
        assert diff.replaces == ("title",)
        assert diff.changed == ("title", "pages")
        assert diff.delete_before_replace
        assert diff.detailed == {}

    def test_in_detail(self, shelf):
        diff = self.difference(shelf, "detailed", title="old")

        assert diff.changes is True
        assert diff.detailed == {
            "add": "add",
            "add_replace": "add-replace",
            "delete": "delete",
            "delete_replace": "delete-replace",
            "update": "update",
            "update_replace": "update-replace",
        }

    def test_sends_all_three_states(self, bare, asked):
        bare.diff(DiffRequest(URN, "id-1", {"a": 1}, {"a": 2}, {"a": UNKNOWN}, ("x", "y")))

        (call,) = asked()
        assert (call["old_inputs"], call["olds"]) == ({"a": 1}, {"a": 2})
        assert call["news"] == {"a": sign.UNKNOWN}
        assert call["ignoreChanges"] == ["x", "y"]
        assert (call["id"], call["name"]) == ("id-1", "atlas")


class TestCreate:
    def test_makes_a_resource(self, shelf):
        seen(shelf, "shelf")

        state = shelf.create(CreateRequest(URN, {"title": Secret("t")}, 90.0, preview=False))

        assert state.id == "book-1"
        assert state.outputs == {"title": Secret("t"), "mark": "A-1"}
        (call,) = seen(shelf, "shelf")
        assert (call["timeout"], call["preview"], call["urn"]) == (90, False, URN)

    def test_foretells_one(self, shelf):
        request = CreateRequest(URN, {"title": UNKNOWN}, None, preview=True)

        state = shelf.create(request)

        assert state.id == ""
        assert state.outputs == {"title": UNKNOWN, "mark": UNKNOWN}
        call = seen(shelf, "shelf")[-1]
        assert (call["timeout"], call["preview"]) == (0, True)
        assert call["new"] == {"title": "unknown"}

    def test_marks_secrets_that_the_plugin_does_not_accept(self, wary):
        state = wary.create(CreateRequest(URN, {"title": Secret("t")}, None, preview=False))

        assert state.outputs == {"title": Secret("t"), "mark": "A-1"}

    def test_fails_as_the_plugin_says(self, shelf):
        with pytest.raises(ProviderError, match="nobody dares to touch it"):
            shelf.create(CreateRequest(URN, {"title": "cursed"}, None, preview=False))

    def test_must_know_what_it_made(self, shelf):
        with pytest.raises(ProviderError, match="shelf leaves the output mark unknown"):
            shelf.create(CreateRequest(URN, {"title": "vague"}, None, preview=False))

    def test_may_leave_a_resource_that_is_not_ready(self, bare):
        given = {"unready": True, "s": Secret("x")}

        with pytest.raises(PartialFailure) as told:
            bare.create(CreateRequest(URN, given, None, preview=False))

        assert told.value.id == "bare-1"
        assert told.value.outputs == given
        assert told.value.inputs is None
        assert told.value.reasons == ("the light is off", "the door is shut")

    def test_says_whether_to_refresh_before_updates(self, bare, shelf):
        asked = CreateRequest(URN, {"title": "t"}, None, preview=False)

        assert bare.create(asked).refresh_before_update
        assert not shelf.create(asked).refresh_before_update

    def test_sends_values_in_the_form_that_is_accepted(self, bare, shelf, asked):
        given = {
            "title": "t",
            "reference": ResourceReference("urn:a", "id-a"),
            "output": OutputValue("v", secret=True, dependencies=("urn:b",)),
            "asset": Asset(text="words", hash="h"),
        }

        bare.create(CreateRequest(URN, given, None, preview=False))
        shelf.create(CreateRequest(URN, given, None, preview=False))

        (call,) = asked()
        assert call["properties"]["reference"]["id"] == "id-a"
        assert call["properties"]["output"] == "v"
        assert call["properties"]["asset"]["text"] == "words"
        # Output values are for components alone, also where they are accepted.
        new = seen(shelf, "shelf")[-1]["new"]
        assert (new["reference"], new["output"]) == ("id-a", "secret v")


class TestRead:
    def test_finds_a_resource_as_it_is(self, shelf):
        seen(shelf, "shelf")

        state = shelf.read(ReadRequest(URN, "book-1", {"title": "t"}, {"title": Secret("t")}))

        assert state.outputs == {"title": Secret("t"), "mark": "A-1"}
        assert state.inputs == {"title": "t", "pages": 7}
        (call,) = seen(shelf, "shelf")
        assert (call["old"], call["inputs"]) == ({"title": "secret t"}, {"title": "t"})

    def test_tells_that_it_is_gone(self, shelf):
        assert shelf.read(ReadRequest(URN, "lost", {}, {})) is None

    def test_keeps_the_recorded_inputs_where_the_plugin_tells_none(self, bare, asked):
        state = bare.read(ReadRequest(URN, "id-1", {}, {"a": 1}))

        assert (state.id, state.outputs, state.inputs) == ("id-1", {"a": 1}, None)
        assert state.refresh_before_update
        assert "inputs" not in asked()[0]

    def test_may_find_a_resource_that_is_not_ready(self, bare):
        request = ReadRequest(URN, "id-1", {"a": Secret(1)}, {"unready": True})

        with pytest.raises(PartialFailure) as told:
            bare.read(request)

        assert (told.value.id, told.value.outputs) == ("id-1", {"unready": True})
        assert told.value.inputs == {"a": Secret(1)}

    def test_marks_secrets_that_the_plugin_does_not_accept(self, wary):
        given, made = {"title": Secret("t")}, {"title": Secret("t"), "mark": Secret("A-1")}

        state = wary.read(ReadRequest(URN, "book-1", given, made))

        assert state.outputs == made
        assert state.inputs == {"title": Secret("t"), "pages": 7}


class TestUpdate:
    def request(self, new, **fields):
        known = {"timeout": None, "preview": False, **fields}
        return UpdateRequest(URN, "book-1", {"title": "o"}, {"title": "o", "m": 1}, new, **known)

    def test_changes_a_resource(self, shelf):
        seen(shelf, "shelf")

        state = shelf.update(self.request({"title": "n"}, timeout=5.0, ignore_changes=("pages",)))

        assert (state.id, state.outputs) == ("book-1", {"title": "n", "mark": "A-2"})
        (call,) = seen(shelf, "shelf")
        assert (call["old"], call["new"]) == ({"title": "o", "m": 1}, {"title": "n"})
        assert (call["timeout"], call["preview"], call["ignored"]) == (5, False, ["pages"])

    def test_foretells_a_change(self, shelf):
        state = shelf.update(self.request({"title": UNKNOWN}, preview=True))

        assert state.outputs["title"] is UNKNOWN
        assert seen(shelf, "shelf")[-1]["preview"]

    def test_sends_the_old_inputs_too(self, bare, asked):
        bare.update(self.request({"title": "n"}))

        assert asked()[0]["old_inputs"] == {"title": "o"}

    def test_may_leave_a_resource_that_is_not_ready(self, bare):
        with pytest.raises(PartialFailure) as told:
            bare.update(self.request({"unready": True, "s": Secret("x")}))

        assert (told.value.id, told.value.outputs["s"]) == ("book-1", Secret("x"))

    def test_marks_secrets_that_the_plugin_does_not_accept(self, wary):
        state = wary.update(self.request({"title": Secret("n")}))

        assert state.outputs == {"title": Secret("n"), "mark": "A-2"}


class TestDelete:
    def test_removes_a_resource(self, bare, asked):
        bare.delete(DeleteRequest(URN, "id-1", {"a": 1}, {"b": Secret(2)}, 30.0))

        (call,) = asked()
        assert (call["id"], call["urn"], call["timeout"]) == ("id-1", URN, 30.0)
        assert (call["old_inputs"], call["properties"]) == ({"a": 1}, {"b": 2})

    def test_fails_as_the_plugin_says(self, shelf):
        with pytest.raises(ProviderError, match="it is stuck"):
            shelf.delete(DeleteRequest(URN, "stuck", {}, {}, None))


class TestInvoke:
    def test_answers(self, shelf):
        found = shelf.invoke("shelf:index:count", {}, preview=True)

        assert found == {"books": 3, "of": "shelf"}

    def test_fails_with_every_reason(self, shelf):
        with pytest.raises(InvokeFailure) as told:
            shelf.invoke("shelf:index:lend", {}, preview=False)

        assert told.value.failures == (
            CheckFailure("to", "is nobody"),
            CheckFailure("days", "is too long"),
        )

    def test_fails_as_the_plugin_says(self, shelf):
        with pytest.raises(ProviderError, match="no function shelf:index:nothing"):
            shelf.invoke("shelf:index:nothing", {}, preview=False)

    def test_of_secrets_is_secret_where_they_went_in_unmarked(self, wary, shelf):
        args = {"a": Secret("x"), "b": 1}

        found = wary.invoke("shelf:index:echo", args, preview=False)

        assert found == {"a": Secret("x"), "b": Secret(1), "more": Secret("x")}
        assert shelf.invoke("shelf:index:echo", args, preview=False) == {**args, "more": "x"}
        plain = wary.invoke("shelf:index:echo", {"b": 1}, preview=False)
        assert plain == {"b": 1, "more": "x"}
