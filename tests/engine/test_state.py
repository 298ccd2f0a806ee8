import json
import re
from dataclasses import replace

import pytest

from hue_infra.engine import checkpoint
from hue_infra.engine.integrity import problems
from hue_infra.engine.state import (
    Manifest,
    Operation,
    Snapshot,
    Timeouts,
    new_manifest,
    now,
)
from hue_infra.engine.values import Sealed, Secret
from hue_infra.errors import EngineError

PLAIN = {
    "taint": False,
    "replace_with": (),
    "refresh_before_update": False,
    "view_of": "",
    "hooks": {},
}
"""The fields that make a state need features, empty."""
PROVIDER = "urn:pulumi:lab::hue::pulumi:providers:hue::default"


@pytest.fixture
def full(resource):
    """A resource with something in every field."""
    parent = resource("parent", custom=False)
    return resource(
        "child",
        delete=True,
        id="a/b",
        inputs={"a": Secret({"b": [1, 0.5]}), "c": None},
        outputs={"url": "<b>&'ế"},
        parent=parent.urn,
        protect=True,
        external=True,
        dependencies=(parent.urn,),
        init_errors=("not ready",),
        provider=f"{PROVIDER}::1",
        property_dependencies={"a": (parent.urn,), "c": ()},
        pending_replacement=True,
        additional_secret_outputs=("url",),
        custom_timeouts=Timeouts(create=600.0, read=1.5),
        import_id="a/b",
        retain_on_delete=True,
        deleted_with=parent.urn,
        created=now(),
        modified="2026-01-02T03:04:05.123456789Z",
        source_position="project:///main.py#1",
        ignore_changes=("a.b",),
        replace_on_changes=("c",),
        taint=True,
        replace_with=(parent.urn,),
        hide_diffs=("a.b[0]",),
        replacement_trigger=Secret("v2"),
        refresh_before_update=True,
        view_of=parent.urn,
        hooks={"before_create": ("one", "two"), "on_error": ("three",)},
        extra={"stackTrace": [{"sourcePosition": "project:///main.py#1"}]},
    )


def test_a_resource_survives_with_every_field(full, crypter):
    data = checkpoint.encode_resource(full, crypter)

    assert checkpoint.decode_resource(json.loads(json.dumps(data)), crypter) == full


def test_the_keys_are_upstreams_and_empty_ones_are_left_out(full, crypter, resource):
    assert set(checkpoint.encode_resource(full, crypter)) == checkpoint.KNOWN - {
        "aliases",
        "extensionRef",
        "snippetID",
    }
    assert set(checkpoint.encode_resource(resource("a", custom=False), crypter)) == {
        "urn",
        "custom",
        "type",
    }


def test_a_secret_is_not_in_the_text(full, crypter):
    shown = replace(full, inputs={"a": Secret({"deep": ["canary"]})})
    snapshot = Snapshot((shown,), (Operation(shown, "creating"),))

    assert b"canary" not in checkpoint.dump("organization/hue/lab", snapshot, crypter)
    assert "canary" in json.dumps(checkpoint.export(snapshot, None))


def test_a_snapshot_survives_both_forms(full, crypter):
    snapshot = Snapshot(
        (full,),
        (Operation(replace(full, id=""), "creating"),),
        new_manifest(),
        crypter.salt,
        {"integrity_error": {"error": "x"}},
    )
    stored = checkpoint.dump("organization/hue/lab", snapshot, crypter)
    exported = json.dumps(checkpoint.export(snapshot, None)).encode()

    assert checkpoint.parse(stored, "f").decode(crypter) == snapshot
    assert checkpoint.parse(exported, "f").decode(crypter) == snapshot


def test_the_file_is_compact_and_unescaped(full, crypter):
    plainer = replace(full, **PLAIN)
    text = checkpoint.dump("organization/hue/lab", Snapshot((plainer,)), crypter).decode()

    assert text.startswith('{"version":3,"checkpoint":{"stack":"organization/hue/lab","latest":{')
    assert "<b>&'ế" in text


def test_state_is_read_without_the_passphrase(full, crypter):
    snapshot = Snapshot((full,), salt=crypter.salt)
    stored = checkpoint.parse(checkpoint.dump("x", snapshot, crypter), "f")

    (found,) = stored.decode(None).resources

    assert isinstance(found.inputs["a"], Sealed)
    assert checkpoint.encode_resource(found, None) == checkpoint.encode_resource(full, crypter)


def test_a_stack_that_was_only_made_has_no_resources():
    text = b'{"version":3,"checkpoint":{"stack":"organization/hue/lab"}}'

    assert checkpoint.parse(text, "f").decode(None).resources == ()


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ("{", "not a Pulumi state"),
        ("[]", "neither a checkpoint nor a deployment"),
        ('{"version":2,"deployment":{}}', "version 2"),
        ('{"version":5,"deployment":{}}', "version 5"),
        ('{"version":4,"features":["hooks","later"],"deployment":{}}', ": later"),
        ('{"version":4,"features":["byteString"],"deployment":{}}', "byteString"),
        ('{"version":3,"deployment":{"snippets":[{}]}}', "snippets"),
    ],
)
def test_other_documents_are_refused_in_words(document, words):
    with pytest.raises(EngineError, match=words):
        checkpoint.parse(document.encode(), "f")


def test_another_secrets_provider_is_refused_by_name():
    data = {"secrets_providers": {"type": "cloud", "state": {"url": "awskms://x"}}}

    with pytest.raises(EngineError, match="cloud"):
        checkpoint.from_document({"version": 3, "deployment": data}, "f").decode(None)


def test_an_option_that_nobody_knows_is_refused_by_name(resource):
    data = checkpoint.encode_resource(resource("a"), None) | {"guarded": True, "shield": ["u"]}

    with pytest.raises(EngineError, match="guarded, shield"):
        checkpoint.decode_resource(data, None)
    assert checkpoint.decode_resource(data | {"guarded": False, "shield": []}, None)


# What each field makes the state need, by upstream's name.
FEATURES = {
    "taint": ({"taint": True}, ["taint"]),
    "replace with": ({"replace_with": ("urn:a",)}, ["replaceWith"]),
    "refresh before update": ({"refresh_before_update": True}, ["refreshBeforeUpdate"]),
    "view": ({"view_of": "urn:a"}, ["views"]),
    "hooks": ({"hooks": {"after_delete": ("a",)}}, ["hooks"]),
    "two": ({"taint": True, "hooks": {"on_error": ("a",)}}, ["hooks", "taint"]),
    "extension": ({"extra": {"extensionRef": "x"}}, ["extensionParameterization"]),
    "snippet": ({"extra": {"snippetID": "x"}}, ["snippets-prototype"]),
    "none": ({"hide_diffs": ("a",), "replacement_trigger": 0, "deleted_with": "urn:a"}, []),
}


@pytest.mark.parametrize("case", FEATURES)
def test_a_state_says_what_its_reader_must_know(case, resource, crypter):
    fields, expected = FEATURES[case]
    snapshot = Snapshot((resource("a", **fields),))

    for document in (
        json.loads(checkpoint.dump("x", snapshot, crypter)),
        checkpoint.export(snapshot, None),
    ):
        assert document["version"] == (4 if expected else 3)
        assert document.get("features", []) == expected


@pytest.mark.parametrize("trigger", [0, False, "", [], {}])
def test_a_trigger_that_looks_empty_is_kept(trigger, resource):
    data = checkpoint.encode_resource(resource("a", replacement_trigger=trigger), None)

    assert data["replacementTrigger"] == trigger
    assert checkpoint.decode_resource(data, None).replacement_trigger == trigger


def test_an_occasion_of_hooks_that_nobody_knows_is_refused(resource):
    data = checkpoint.encode_resource(resource("a"), None) | {"resourceHooks": {"Whenever": ["h"]}}

    with pytest.raises(EngineError, match="Whenever"):
        checkpoint.decode_resource(data, None)


@pytest.mark.parametrize("data", [{}, {"urn": "u"}, {"urn": 1, "type": "t"}])
def test_a_resource_without_name_is_refused(data):
    with pytest.raises(EngineError):
        checkpoint.decode_resource(data, None)


def test_the_magic_is_that_of_the_version():
    # sha256 of "v3.272.0": printf v3.272.0 | sha256sum
    assert new_manifest().magic == (
        "9a15a292a881dbeb77a86955b3246fa29aae8b7d695358eee7c9e474a33b8927"
    )
    assert Manifest(now(), version="").expected_magic == ""


def test_a_sound_state_has_no_problems(resource):
    provider = resource("default", type="pulumi:providers:hue", id="1")
    parent = resource("parent", custom=False)
    old = resource("x", id="1", delete=True)
    child = resource(
        "x", id="2", parent=parent.urn, dependencies=(parent.urn,), provider=f"{provider.urn}::1"
    )

    assert problems(Snapshot((provider, parent, old, child))) == []


def test_a_nested_type_ends_in_its_own(resource):
    child = replace(resource("x"), urn="urn:pulumi:lab::hue::hue:a:Parent$hue:test:Thing::x")

    assert problems(Snapshot((child,))) == []


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"parent": "urn:a"}, "parent"),
        ({"dependencies": ("urn:a",)}, r"\(dependencies\)"),
        ({"property_dependencies": {"p": ("urn:a",)}}, r"propertyDependencies\.p"),
        ({"deleted_with": "urn:a"}, "deletedWith"),
        ({"provider": "urn:a::1"}, "needs the provider"),
        ({"custom": False, "id": "1"}, "component"),
    ],
)
def test_each_unsound_reference_is_told(resource, fields, words):
    (problem,) = problems(Snapshot((resource("x", **fields),)))

    assert re.search(words, problem)


def test_all_problems_are_told_at_once(resource):
    one = resource("x", dependencies=(resource("later").urn,))
    wrong = replace(resource("y"), type="hue:test:Other")
    manifest = Manifest(now(), magic="forged")
    found = problems(Snapshot((one, resource("later"), wrong, resource("later")), (), manifest))

    assert len(found) == 4
    assert any("occurs twice" in item for item in found)
    assert any("checksum" in item for item in found)
