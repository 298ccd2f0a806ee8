"""A pack in a process of its own, asked as upstream asks it."""

import time

import pytest

from hue_infra.engine.analysis import AnalyzedOptions, AnalyzedProvider
from hue_infra.engine.policy.pack import PackAnalyzer
from hue_infra.engine.state import Timeouts
from hue_infra.engine.values import UNKNOWN, Secret
from hue_infra.errors import EngineError, InputError

pytestmark = pytest.mark.slow


def told(violations):
    return [(one.rule, one.message, one.mandatory) for one in violations]


def test_a_pack_says_its_name_and_its_file_the_version(rules):
    assert (rules.name, rules.version) == ("rules", "1.2.3")


def test_a_mandatory_rule_is_broken_with_its_description_first(rules, kit):
    asked = kit.resource("thing", {"value": "bad"})

    (found,) = rules.analyze(asked)

    assert told([found]) == [("no-bad", "No bad values.\nthing is bad", True)]
    assert (found.pack, found.pack_version, found.severity) == ("rules", "1.2.3", "high")
    assert found.urn == asked.urn


def test_an_advisory_rule_without_words_of_its_own_says_its_description(rules, kit):
    assert told(rules.analyze(kit.resource("x"))) == [("named-well", "Names tell.", False)]


def test_a_disabled_rule_is_not_asked(rules, kit):
    assert rules.analyze(kit.resource("thing", {"value": "good"})) == []


def test_a_remedy_gives_new_inputs(rules, kit):
    (found,) = rules.remediate(kit.resource("thing", {"value": "worn", "other": 1}))

    assert (found.rule, found.pack, found.pack_version) == ("mend", "rules", "1.2.3")
    assert found.inputs == {"value": "mended", "other": 1}
    assert found.problem == ""


def test_what_needs_no_remedy_gets_none(rules, kit):
    assert list(rules.remediate(kit.resource("thing", {"value": "new"}))) == []


def test_what_a_remedy_leaves_wrong_is_mandatory(rules, kit):
    found = rules.analyze(kit.resource("thing", {"value": "beyond"}))

    assert told(found) == [("mend", "Worn values are mended.\nnothing helps", True)]


def test_rules_on_the_stack_see_all_of_it(rules, kit):
    base = kit.resource("base", {"size": 1})
    top = kit.resource(
        "top",
        {"tell": 1, "hidden": Secret("h")},
        parent=base.urn,
        dependencies=(base.urn,),
        property_dependencies={"tell": (base.urn,), "hidden": ()},
    )

    found = rules.analyze_stack([base, top])

    seen = "top in base needs base by {'tell': ['base']} with {'hidden': 'h', 'tell': 1.0}"
    assert told(found) == [("roots", f"What there is.\n{seen}", False)]
    assert found[0].urn == top.urn


def test_a_rule_on_the_stack_may_name_a_resource_or_none(rules, kit):
    things = [kit.resource(f"thing{number}") for number in range(3)]

    first, second = rules.analyze_stack(things)

    assert told([first, second]) == [
        ("few", "Few things.\n3 things", True),
        ("few", "Few things.\nthe last straw", True),
    ]
    assert (first.urn, second.urn) == ("", things[2].urn)


def test_a_pack_knows_the_run_and_ends_with_it(kit):
    gate = kit.begun("settings", preview=False, values={"hue:site": "data centre"})
    (process,) = kit.processes("settings")

    environment = process.environ()
    assert environment["PULUMI_PROJECT"] == "hue"
    assert environment["PULUMI_STACK"] == "lab"
    assert environment["PULUMI_ORGANIZATION"] == "organization"
    assert environment["PULUMI_DRY_RUN"] == "false"
    assert environment["PULUMI_CONFIG"] == '{"hue:site": "data centre"}'
    assert process.cwd() == str(kit.folder("settings"))
    assert "data centre" not in " ".join(process.cmdline())
    gate.end()
    assert not process.is_running()
    gate.end()


def test_a_pack_that_was_not_begun_cannot_be_asked(kit):
    gate = PackAnalyzer(kit.folder("rules"))

    assert gate.analyze(kit.resource()) == ()
    with pytest.raises(EngineError, match="before it was started"):
        gate._ask("Analyze", None)


def test_a_rule_sees_secrets_opened_and_how_the_resource_is_managed(secrets, kit):
    asked = kit.resource(
        "thing",
        {"token": Secret("hush"), "__provider": "pickled", "later": "now"},
        parent="urn:pulumi:lab::hue::test:Group::g",
        options=AnalyzedOptions(protect=True, timeouts=Timeouts(create=60)),
        manager=AnalyzedProvider("urn:p", "pulumi:providers:cloud", "default", {}),
    )

    found = secrets.analyze(asked)

    # What providers keep for themselves is not shown.
    seen = (
        "token='hush' added=None keys=['later', 'token'] protect=True"
        " parent=urn:pulumi:lab::hue::test:Group::g timeout=60.0 provider=pulumi:providers:cloud"
    )
    assert told(found) == [
        ("told", f"Tells.\n{seen}", False),
        ("unknown", "Reads.\nlater=now", False),
    ]


def test_a_rule_that_needs_what_is_not_known_yet_only_warns(secrets, kit):
    found = secrets.analyze(kit.resource("thing", {"token": "t", "later": UNKNOWN}))

    (warning,) = [one for one in found if one.rule == "unknown"]
    assert not warning.mandatory
    assert "can't run policy 'unknown' from policy pack 'secrets@v0.0.1' during preview" in (
        warning.message
    )
    assert "string value at .later can't be known during preview" in warning.message


def test_a_remedy_keeps_secrets_unknowns_and_what_is_internal(secrets, kit):
    given = {"token": Secret("hush"), "later": UNKNOWN, "__provider": "pickled", "list": [1, 2]}

    (found,) = secrets.remediate(kit.resource("thing", given))

    assert found.inputs == {**given, "added": Secret("fresh")}


def test_a_pack_that_fails_to_start_is_told_with_its_last_words(kit):
    with pytest.raises(
        EngineError, match=r"(?s)packs/broken did not start:.*no pack today"
    ) as told_:
        kit.begun("broken")

    assert "about to fail" in str(told_.value)
    assert kit.processes("broken") == []


def test_a_pack_that_prints_no_port_is_ended(kit):
    with pytest.raises(EngineError, match="packs/mute did not start"):
        kit.begun("mute")

    assert kit.processes("mute") == []


def test_a_mistake_in_a_policy_is_the_packs_failure(kit):
    with kit.running("failing") as gate, pytest.raises(EngineError) as told_:
        gate.analyze(kit.resource())

    assert "policy pack failing failed" in str(told_.value)
    assert "nothing of the kind" in str(told_.value)


def test_a_pack_that_dies_is_the_packs_failure(kit):
    with kit.running("settings") as gate:
        (process,) = kit.processes("settings")
        process.kill()
        process.wait()

        with pytest.raises(EngineError, match="policy pack settings failed"):
            gate.analyze(kit.resource("thing"))


def test_a_pack_of_the_first_protocol_is_asked_what_it_knows(kit):
    with kit.running("old") as gate:
        bad = kit.resource("thing", {"value": "bad"})

        assert (gate.name, gate.version) == ("old", "1.2.3")
        assert told(gate.analyze(bad)) == [("no-bad", "bad", True)]
        assert gate.analyze(kit.resource("thing")) == []
        assert list(gate.remediate(bad)) == []
        assert gate.analyze_stack([bad]) == ()


def test_a_pack_of_the_first_protocol_takes_no_settings(kit, tmp_path):
    settings = tmp_path / "settings.json"
    settings.write_text('{"all": "advisory"}', "utf-8")

    with pytest.raises(InputError, match="policy pack old takes no configuration"):
        kit.begun("old", settings)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (None, "holds no policy pack: it has no PulumiPolicy.yaml"),
        (
            "runtime: nodejs",
            r"PulumiPolicy.yaml:1: this engine runs policy packs written in Python, not nodejs",
        ),
        ("runtime: {name: go}", "not go"),
        ("runtime: python\nmain: src", r"PulumiPolicy.yaml:2: .*main in a policy pack"),
        (
            "runtime: {name: python, options: {virtualenv: venv}}",
            "wants the virtual environment .*venv, which is not there",
        ),
    ],
)
def test_a_folder_that_is_no_pack_of_ours_is_refused(kit, tmp_path, text, says):
    if text is not None:
        (tmp_path / "PulumiPolicy.yaml").write_text(text, "utf-8")
    gate = PackAnalyzer(tmp_path)

    with pytest.raises(InputError, match=says):
        gate.begin(kit.scene())


def test_many_resources_are_cheap_to_ask_about(rules, kit):
    """In processor time of ours; what the pack itself does with them is its own affair."""
    asked = [kit.resource(f"thing{n}", {f"key{i}": i for i in range(20)}) for n in range(200)]
    before = time.process_time()

    for one in asked:
        rules.analyze(one)

    assert time.process_time() - before < 200 * 0.005
