"""What `drift` asks and tells, and what `up` and `preview` make of `--refresh`."""

import json
from dataclasses import replace

import pytest

from hue_infra.cli import opening
from hue_infra.engine import records
from hue_infra.engine.api import Change, Diagnostic, Outcome
from hue_infra.engine.state import ResourceState
from hue_infra.engine.values import Secret
from hue_infra.errors import EngineError
from hue_infra.stacks import drift
from hue_infra.words import use

CANARY = "chim-hoang-yen-2208"


@pytest.fixture
def found(part):
    """A machine found otherwise inside, an object changed, another gone, a third unseen."""
    tasks = ["time_sync: Run chrony", "dns: Write the zones"]
    dynamic = part.DYNAMIC
    differing = (
        part.step("update", f"{dynamic}/machine:Configuration", "dc-core1",
                  Change("drift", "add", None, tasks)),
        part.step("update", "kubernetes:core/v1:ConfigMap", "portal/ConfigMap/words",
                  Change("data.a", "update", "1", "by hand"),
                  Change("data.secret", "update", "[secret]", "[secret]")),
        part.step("delete", "kubernetes:apps/v1:Deployment", "portal/Deployment/portal"),
    )  # fmt: skip
    urn = "urn:pulumi:hue-lab::hue-infra::kubernetes:core/v1:Secret::portal/tls"
    return drift.Drift(differing, (drift.Unseen(urn, "the API server is silent"),), 44, 3.25)


def test_what_differs_is_named_with_how_and_what_to_do(hue, play, part, found):
    deployment = play(standing=part.STANDING, found=found)
    done = hue("drift")

    assert done.exit_code == 6
    assert deployment.asked == ["preflight", "status", "drift"]
    assert done.stdout == (
        "\nConfiguration\n"
        "  ~ Configuration  dc-core1\n"
        "      ~ time_sync: Run chrony\n"
        "      ~ dns: Write the zones\n"
        "\nPlatforms\n"
        "  ~ ConfigMap   portal/ConfigMap/words\n"
        '      ~ data.a       "1" → "by hand"\n'
        "      ~ data.secret  **** → ****\n"
        "  - Deployment  portal/Deployment/portal\n"
        "\nCould not be looked at\n"
        "  ? Secret portal/tls   the API server is silent\n"
        "\n"
        "Looked at 44 resources in 3.2 s: 2 changed, 1 gone, 1 could not be looked at.\n"
    )
    assert "3 resources are not as they were made" in done.stderr
    assert "“hue-infra up” puts it right" in done.stderr


def test_the_same_in_vietnamese(hue, play, part, found):
    use("vi")
    play(standing=part.STANDING, found=found)
    done = hue("drift")

    assert "Không xem được" in done.stdout
    assert "2 bị sửa, 1 không còn, 1 không xem được" in done.stdout
    assert "3 tài nguyên không còn như khi dựng" in done.stderr


def test_the_document_tells_the_same(hue, play, part, found):
    play(standing=part.STANDING, found=found)
    document = json.loads(hue("drift", "--json").stdout)

    assert document["seen"] == 44
    assert [(one["name"], one["gone"]) for one in document["differing"]] == [
        ("dc-core1", False),
        ("portal/ConfigMap/words", False),
        ("portal/Deployment/portal", True),
    ]
    sentences = [item["sentence"] for item in document["differing"][0]["properties"]]
    assert sentences == ["time_sync: Run chrony", "dns: Write the zones"]
    assert document["unseen"][0]["why"] == "the API server is silent"


def test_nothing_that_differs_is_code_0(hue, play, part):
    play(standing=part.STANDING)
    done = hue("drift")

    assert done.exit_code == 0
    assert "45 resources" in done.stdout


def test_what_could_not_be_looked_at_is_not_in_order(hue, play, part, found):
    play(standing=part.STANDING, found=replace(found, differing=()))
    done = hue("drift")

    assert done.exit_code == 5
    assert "nothing is known of it" in done.stderr


def test_where_nothing_stands_nothing_is_looked_at(hue, play):
    deployment = play()
    done = hue("drift")

    assert done.exit_code == 0
    assert "drift" not in deployment.asked


@pytest.mark.parametrize("command", ["up", "preview"])
def test_refresh_is_handed_on(hue, monkeypatch, part, command):
    chosen = []

    def opened(given, ask):
        chosen.append(given)
        return part.Deployment(plan=part.outcome(part.KEPT))

    monkeypatch.setattr(opening, "opened", opened)

    assert hue(command, "--refresh").exit_code == 0
    assert hue(command).exit_code == 0
    assert [one.refresh for one in chosen] == [True, False]


def test_a_plan_with_warnings_keeps_the_note_of_where_to_look(hue, play, part):
    warned = part.outcome(part.KEPT, diagnostics=[Diagnostic("warning", "not looked at")])
    deployment = play(plan=warned)
    hue("up", "--yes")

    assert "forget_drift" not in deployment.asked


# From a look to what is told


def look(old, new):
    """The engine's record of a look."""
    return records.refreshed(old, new, ())


def outcome(*steps, diagnostics=(), ok=True):
    return Outcome(ok, tuple(steps), {}, tuple(diagnostics), 1.0)


def config_map(**inputs):
    urn = "urn:pulumi:s::p::kubernetes:core/v1:ConfigMap::words"
    return ResourceState(urn, "kubernetes:core/v1:ConfigMap", custom=True, id="x", inputs=inputs)


def test_only_what_was_asked_for_can_differ():
    old = config_map(data={"a": "1"})
    same = replace(old, outputs={"metadata": {"resourceVersion": "7"}})

    seen = drift.found(outcome(look(old, same)))

    assert seen.differing == ()
    assert seen.seen == 1


def test_a_secret_that_differs_is_masked():
    old, new = (config_map(data=Secret({"a": text})) for text in ("1", CANARY))
    seen = drift.found(outcome(look(old, new)))

    assert len(seen.differing) == 1
    assert CANARY not in repr(seen.differing[0].changes)


def test_a_failure_that_is_of_no_resource_ends_the_look():
    with pytest.raises(EngineError, match="no key"):
        drift.found(outcome(diagnostics=[Diagnostic("error", "no key")], ok=False))


def test_the_note_names_what_differs_and_what_is_unknown(tmp_path, found):
    drift.note(tmp_path, found)

    assert drift.noted(tmp_path) == {
        *(step.urn for step in found.differing), found.unseen[0].urn,
    }  # fmt: skip
    drift.note(tmp_path, drift.Drift((), (), 45, 1.0))
    assert drift.noted(tmp_path) == frozenset()


def test_a_note_that_is_damaged_is_no_note(tmp_path):
    (tmp_path / drift.NOTE).write_text("[", "utf-8")

    assert drift.noted(tmp_path) == frozenset()
