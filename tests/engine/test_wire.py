"""Values survive the crossing to protobuf and to JSON, as the other side takes them."""

import asyncio
import json

import pulumi
import pytest
from google.protobuf import json_format, struct_pb2
from hypothesis import given, settings
from hypothesis import strategies as st
from pulumi.runtime import rpc

from hue_infra.engine import signatures as sign
from hue_infra.engine.crypter import Crypter
from hue_infra.engine.encoding import Decoder, Encoder, dumps
from hue_infra.engine.values import (
    UNKNOWN,
    Archive,
    Asset,
    OutputValue,
    ResourceReference,
    Sealed,
    Secret,
    diff_values,
    plain,
    without_secrets,
)
from hue_infra.engine.wire import ALL, Keep, from_struct, from_value, to_struct, to_value
from hue_infra.errors import EngineError

pytestmark = pytest.mark.slow

texts = st.text(st.characters(codec="utf-8"), max_size=8)
keys = texts.filter(lambda key: key != sign.KEY)
numbers = st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)
assets = st.builds(Asset, text=texts, hash=texts) | st.builds(Asset, path=texts.filter(bool))
archives = st.builds(Archive, assets=st.dictionaries(keys, assets, max_size=2), hash=texts)
references = st.builds(
    ResourceReference,
    urn=texts.filter(bool),
    id=st.none() | st.just(UNKNOWN) | texts.filter(bool),
    package_version=texts,
)
leaves = (
    st.none() | st.booleans() | numbers | texts | st.just(UNKNOWN) | assets | archives | references
)
values = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(keys, inner, max_size=3)
        | st.builds(Secret, inner)
    ),
    max_leaves=8,
)
properties = st.dictionaries(keys, values, max_size=4)
outputs = st.builds(OutputValue, values, st.booleans(), st.lists(texts, max_size=2).map(tuple))


def struct(**fields):
    result = struct_pb2.Struct()
    result.update(fields)
    return result


@given(properties)
def test_properties_survive_protobuf(value):
    assert from_struct(to_struct(value)) == value


@given(properties)
def test_properties_survive_the_bytes_of_protobuf(value):
    sent = struct_pb2.Struct.FromString(to_struct(value).SerializeToString())

    assert from_struct(sent) == value


@given(outputs)
def test_output_values_survive_when_they_are_accepted(value):
    assert from_value(to_value(value, ALL)) == value


@given(outputs)
def test_output_values_are_turned_into_what_they_carry_otherwise(value):
    assert from_value(to_value(value)) == plain(value)


@given(properties)
def test_secrets_are_sent_in_clear_only_to_who_cannot_take_them(value):
    assert from_struct(to_struct(value, Keep(secrets=False))) == without_secrets(value)


# Opening a crypter takes longer than an example may.
@settings(deadline=None)
@given(properties)
def test_properties_survive_json(crypter, value):
    text = dumps(Encoder(crypter, "x").properties(value))

    assert Decoder(crypter, "x").properties(json.loads(text)) == value


@settings(deadline=None)
@given(properties)
def test_saving_again_what_was_read_changes_nothing(crypter, value):
    text = dumps(Encoder(crypter, "x").properties(value))
    fresh = Crypter(lambda: "unused", crypter.salt)
    fresh._cipher = crypter._opened()

    again = Decoder(fresh, "x").properties(json.loads(text))

    assert dumps(Encoder(fresh, "x").properties(again)) == text


@given(properties)
def test_shown_secrets_survive_json(value):
    text = dumps(Encoder(None).properties(value))

    assert Decoder(None).properties(json.loads(text)) == value


def test_numbers_of_the_wire_become_whole():
    (value,) = from_struct(struct(a=42)).values()

    assert isinstance(value, int)
    assert from_struct(struct(a=0.5)) == {"a": 0.5}
    assert dumps(Encoder(None).value(42.0)) == "42"
    assert dumps(Encoder(None).value(1e300)) == "1e+300"


@pytest.mark.parametrize("number", ["nan", "inf", "-inf"])
def test_numbers_that_json_lacks_are_kept_by_their_bits(number):
    value = {"a": float(number)}
    text = dumps(Encoder(None).properties(value))

    assert sign.FLOAT in text
    assert diff_values(value, Decoder(None).properties(json.loads(text))) == {}
    assert diff_values(value, from_struct(to_struct(value))) == {}


@pytest.mark.parametrize("text", sorted(sign.UNKNOWNS))
def test_every_form_of_unknown_is_taken(text):
    assert from_struct(struct(a=[text])) == {"a": [UNKNOWN]}


def test_unknowns_can_be_left_out():
    assert from_struct(to_struct({"a": UNKNOWN, "b": 1}, Keep(unknowns=False))) == {"b": 1}


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        (ResourceReference("urn", "id"), "id"),
        (ResourceReference("urn", UNKNOWN), UNKNOWN),
        (ResourceReference("urn", None), "urn"),
    ],
)
def test_references_are_sent_as_ids_to_who_cannot_take_them(reference, expected):
    assert from_value(to_value(reference, Keep(resources=False))) == expected


def test_the_form_on_the_wire_is_upstreams():
    value = {
        "secret": Secret(1),
        "reference": ResourceReference("u", UNKNOWN, "1.0"),
        "asset": Asset(text="", hash="h"),
        "output": OutputValue(UNKNOWN, secret=True, dependencies=("u",)),
    }

    assert json_format.MessageToDict(to_struct(value, ALL)) == {
        "secret": {sign.KEY: sign.SECRET, "value": 1.0},
        "reference": {sign.KEY: sign.REFERENCE, "urn": "u", "id": "", "packageVersion": "1.0"},
        "asset": {sign.KEY: sign.ASSET, "text": "", "hash": "h"},
        "output": {sign.KEY: sign.OUTPUT, "secret": True, "dependencies": ["u"]},
    }


def test_a_strange_signature_is_refused_with_its_place():
    with pytest.raises(EngineError, match=r"a\.b\[0\]"):
        from_struct(struct(a={"b": [{sign.KEY: "803fd3297a5875dc03ca845dda5d2a98"}]}))


def test_a_sealed_secret_never_leaves_the_state():
    with pytest.raises(TypeError):
        to_struct({"a": Sealed("v1:x:y")})
    assert Encoder(None).value(Sealed("v1:x:y")) == {sign.KEY: sign.SECRET, "ciphertext": "v1:x:y"}


@pytest.mark.parametrize(
    "body",
    [
        {sign.KEY: "unheard of"},
        {sign.KEY: sign.SECRET},
        {sign.KEY: sign.SECRET, "ciphertext": "a", "plaintext": "1"},
        {sign.KEY: sign.SECRET, "plaintext": "{"},
        {sign.KEY: sign.REFERENCE},
        {sign.KEY: sign.FLOAT, "value": "xyz"},
        {sign.KEY: sign.ARCHIVE, "assets": {"a": 1}},
        {sign.KEY: 1},
    ],
)
def test_a_malformed_value_in_state_is_refused_with_its_place(body):
    with pytest.raises(EngineError, match="urn#inputs/a"):
        Decoder(None, "urn#inputs").properties({"a": body})


async def _sdk_struct(make):
    # Outputs belong to the loop they are made in.
    return await rpc.serialize_properties(make(), {})


def test_what_the_sdk_sends_is_read():
    sent = asyncio.run(
        _sdk_struct(
            lambda: {
                "known": pulumi.Output.from_input({"a": 1}),
                "asset": pulumi.StringAsset("hello"),
                "archive": pulumi.AssetArchive({"f": pulumi.FileAsset("f.txt")}),
                "list": [True, None, 2.5, "ế"],
            }
        )
    )

    assert from_struct(sent) == {
        "known": {"a": 1},
        "asset": Asset(text="hello"),
        "archive": Archive(assets={"f": Asset(path="f.txt")}),
        "list": [True, None, 2.5, "ế"],
    }


def test_the_sdk_reads_what_we_send():
    received = rpc.deserialize_properties(
        to_struct({"a": Secret(1), "b": UNKNOWN, "c": Asset(text="x"), "d": [1, {"e": "f"}]}),
        keep_unknowns=True,
    )

    assert rpc.is_rpc_secret(received["a"])
    assert rpc.unwrap_rpc_secret(received["a"]) == 1
    assert isinstance(received["b"], pulumi.output.Unknown)
    assert received["c"].text == "x"
    assert received["d"] == [1, {"e": "f"}]
