"""How packs are configured: layers over layers, refused in the words that upstream's users know."""

import json

import pytest

from hue_infra.engine.policy import configuration
from hue_infra.engine.policy.configuration import Policy, Setting
from hue_infra.errors import InputError

pytestmark = pytest.mark.slow


def loaded(tmp_path, text):
    file = tmp_path / "settings.json"
    file.write_text(text if isinstance(text, str) else json.dumps(text), "utf-8")
    return configuration.load(file)


@pytest.mark.parametrize(
    ("text", "settings"),
    [
        ("", {}),
        (" \n", {}),
        ("{}", {}),
        ({"foo": "advisory"}, {"foo": Setting("advisory")}),
        ({"all": "mandatory"}, {"all": Setting("mandatory")}),
        ({"foo": {"enforcementLevel": "remediate"}}, {"foo": Setting("remediate")}),
        (
            {"foo": {"enforcementLevel": "disabled", "bar": [1]}},
            {"foo": Setting("disabled", {"bar": [1]})},
        ),
        ({"foo": {"bar": "b"}}, {"foo": Setting(None, {"bar": "b"})}),
        ({"environments": [], "foo": "advisory"}, {"foo": Setting("advisory")}),
    ],
)
def test_a_file_is_read_policy_by_policy(tmp_path, text, settings):
    assert loaded(tmp_path, text) == settings


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "cannot be used: Expecting property name"),
        ("[]", "is not a JSON object"),
        ({"foo": ""}, r"^.*settings\.json.*: {2}?.*no enforcement level \(foo\)"),
        ({"foo": "bar"}, "bar is no enforcement level"),
        ({"foo": {"enforcementLevel": None}}, "None is no enforcement level"),
        ({"foo": {"enforcementLevel": 0}}, "0 is no enforcement level"),
        ({"foo": {"enforcementLevel": []}}, "no enforcement level"),
        ({"foo": {"enforcementLevel": "bar"}}, "bar is no enforcement level"),
        ({"foo": 3}, "foo must be a level or an object"),
        ({"environments": ["org/secrets"]}, "environments of Pulumi Cloud"),
    ],
)
def test_a_file_that_means_nothing_is_refused(tmp_path, text, says):
    with pytest.raises(InputError, match=says):
        loaded(tmp_path, text)


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(InputError, match="No such file"):
        configuration.load(tmp_path / "settings.json")


LAYERS = {
    "nothing said": ({}, {}, ("advisory", {"a": 1})),
    "the pack's own wish": (
        {"one": Setting("mandatory", {"b": 2})},
        {},
        ("mandatory", {"a": 1, "b": 2}),
    ),
    "the file above it": (
        {"one": Setting("mandatory", {"a": 5, "b": 2})},
        {"one": Setting("disabled", {"b": 3})},
        ("disabled", {"a": 5, "b": 3}),
    ),
    "values without a level": ({}, {"one": Setting(None, {"a": 9})}, ("advisory", {"a": 9})),
    "all, and one by its name": (
        {},
        {"all": Setting("disabled"), "one": Setting("mandatory")},
        ("mandatory", {"a": 1}),
    ),
    "all of the file above one of the pack": (
        {"one": Setting("mandatory")},
        {"all": Setting("disabled")},
        ("disabled", {"a": 1}),
    ),
    "all gives no values": ({}, {"all": Setting("disabled", {"a": 7})}, ("disabled", {"a": 1})),
}


@pytest.mark.parametrize("case", LAYERS)
def test_layers_lie_over_each_other(case):
    initial, given, (level, properties) = LAYERS[case]
    policies = [Policy("one", "advisory", {"a": {"default": 1}}), Policy("two", "mandatory")]

    settings = configuration.reconcile(policies, initial, given)

    assert settings["one"] == Setting(level, properties)
    if "all" not in given:
        assert settings["two"] == Setting("mandatory", {})


WRONG = {
    "required": ({"type": "string"}, ..., "foo is required"),
    "type": ({"type": "string"}, 1, "foo: Invalid type. Expected: string, given: integer"),
    "type of a number": (
        {"type": "integer"},
        3.14,
        "foo: Invalid type. Expected: integer, given: number",
    ),
    "type of a truth": (
        {"type": "number"},
        True,
        "foo: Invalid type. Expected: number, given: boolean",
    ),
    "type of nothing": ({"type": "array"}, None, "foo: Invalid type. Expected: array, given: null"),
    "type of a list": (
        {"type": "object"},
        [1],
        "foo: Invalid type. Expected: object, given: array",
    ),
    "types": (
        {"type": ["string", "null"]},
        {},
        "foo: Invalid type. Expected: string/null, given: object",
    ),
    "longest": (
        {"type": "string", "maxLength": 3},
        "long text",
        "foo: String length must be less than or equal to 3",
    ),
    "shortest": (
        {"type": "string", "minLength": 3},
        "x",
        "foo: String length must be greater than or equal to 3",
    ),
    "choice": (
        {"enum": ["bar", "baz"]},
        "blah",
        'foo: foo must be one of the following: "bar", "baz"',
    ),
    "constant": ({"const": "bar"}, "blah", 'foo: foo does not match: "bar"'),
    "least": ({"minimum": 2}, 1, "foo: Must be greater than or equal to 2"),
    "most": ({"maximum": 2}, 3, "foo: Must be less than or equal to 2"),
    "form": ({"pattern": "^a"}, "b", "foo: Does not match pattern '^a'"),
    "inside": (
        {"type": "array", "items": {"type": "string"}},
        ["a", 2],
        "foo.1: Invalid type. Expected: string, given: integer",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_value_is_told_in_upstreams_words(case):
    schema, value, says = WRONG[case]
    policy = Policy("foo-policy", "advisory", {"foo": schema}, ("foo",))
    given = {} if value is ... else {"foo": value}

    assert configuration.problems([policy], {"foo-policy": Setting(None, given)}) == [
        f"foo-policy: {says}"
    ]


def test_a_wrong_default_is_told_like_any_value():
    policy = Policy("p", "advisory", {"foo": {"type": "string", "default": 1}})

    (told,) = configuration.problems([policy], {"p": policy.defaults()})

    assert told == "p: foo: Invalid type. Expected: string, given: integer"


def test_all_that_is_wrong_is_told_in_order():
    policy = Policy("p", "advisory", {"foo": {"maxLength": 3}, "bar": {"type": "integer"}})
    given = {"foo": "long text", "bar": 3.14}

    assert configuration.problems([policy], {"p": Setting(None, given)}) == [
        "p: bar: Invalid type. Expected: integer, given: number",
        "p: foo: String length must be less than or equal to 3",
    ]


# With a real pack


def told(gate, kit):
    """What each policy of the pack ``settings`` says that it was told."""
    return {one.rule: one.message.split("\n")[1] for one in gate.analyze(kit.resource())}


def settings(tmp_path, data):
    file = tmp_path / "settings.json"
    file.write_text(json.dumps(data), "utf-8")
    return file


def test_a_pack_gets_its_defaults_and_its_own_wishes(kit):
    with kit.running("settings") as gate:
        assert told(gate, kit) == {
            "told": "[('limit', 7.0), ('mode', 'hard'), ('prefix', 'x')]",
            "plain": "[]",
        }


def test_a_pack_gets_what_the_operator_says(kit, tmp_path):
    data = {
        "told": {"prefix": "y", "limit": 3, "enforcementLevel": "mandatory"},
        "plain": "disabled",
    }

    with kit.running("settings", settings(tmp_path, data)) as gate:
        found = gate.analyze(kit.resource())

    (one,) = found
    assert one.mandatory
    assert one.message.endswith("[('limit', 3.0), ('mode', 'hard'), ('prefix', 'y')]")


def test_all_rules_can_be_turned_off_at_once(kit, tmp_path):
    with kit.running("settings", settings(tmp_path, {"all": "disabled"})) as gate:
        # Not even asked: no policy is left that looks at resources.
        assert gate.analyze(kit.resource()) == ()


def test_wrong_settings_stop_the_pack_before_it_is_asked(kit, tmp_path):
    data = {"told": {"prefix": "long text", "limit": "many", "mode": "odd"}}

    with pytest.raises(InputError) as caught:
        kit.begun("settings", settings(tmp_path, data))

    head = "validating policy config: settings 1.2.3  told: "
    assert str(caught.value).splitlines() == [
        f"{head}limit: Invalid type. Expected: integer, given: string",
        f'{head}mode: mode must be one of the following: "soft", "hard"',
        f"{head}prefix: String length must be less than or equal to 3",
    ]
    assert kit.processes("settings") == []
