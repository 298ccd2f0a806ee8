"""Events as JSON, held against the names and shapes of Pulumi's own (apitype/events.go)."""

import json
import threading

import pytest

from hue_infra.cli.programs.stream import Run, Stream, documents
from hue_infra.engine import signatures as sign
from hue_infra.engine.analysis import Remediation, Violation
from hue_infra.engine.api import Change, Options, Outcome
from hue_infra.engine.values import UNKNOWN, Asset, Secret

UP, PREVIEW = Run("up", preview=False), Run("up", preview=True)
MASKED = {sign.KEY: sign.SECRET, "ciphertext": "[secret]"}
STEP_KEYS = {
    *("op", "urn", "type", "old", "new", "keys", "diffs", "detailedDiff", "logical", "provider")
}
STATE_KEYS = {
    *("type", "urn", "custom", "delete", "id", "parent", "protect", "taint", "external"),
    *("retainOnDelete", "inputs", "outputs", "provider", "initErrors", "hideDiffs"),
}
EVENT_KEYS = {
    *("cancelEvent", "stdoutEvent", "diagnosticEvent", "preludeEvent", "summaryEvent"),
    *("resourcePreEvent", "resOutputsEvent", "resOpFailedEvent", "policyEvent"),
    *("policyRemediationEvent", "policyLoadEvent"),
}


def told(event, run=UP, done=None):
    return list(documents(event, run, done or {}))


def kinds(event, run=UP):
    return [next(iter(document)) for document in told(event, run)]


def streamed(runs, name, **more):
    scene, events = runs[name]
    lines = []
    options = Options(config={"site:a": "1", "site:b": "hush"}, secret_config=frozenset({"site:b"}))
    run = Run(scene.kind, scene.preview, **more)
    stream = Stream(run, options, lines.append, clock=lambda: 1700000000.9)
    for event in events():
        stream.take(event)
    stream.close()
    return lines


@pytest.mark.parametrize("name", ["creation", "change", "drift", "removal", "refusal"])
def test_a_stream_is_numbered_opened_and_closed_and_of_known_names(runs, name):
    lines = streamed(runs, name)
    names = [next(key for key in line if key.endswith("Event")) for line in lines]

    assert [line["sequence"] for line in lines] == list(range(len(lines)))
    assert {line["timestamp"] for line in lines} == {1700000000}
    assert {len(line) for line in lines} == {3}
    assert set(names) <= EVENT_KEYS
    assert next(name for name in names if name != "policyLoadEvent") == "preludeEvent"
    assert names[-2:] == ["summaryEvent", "cancelEvent"]
    assert json.loads(json.dumps(lines)) == lines
    assert "hush" not in json.dumps(lines)


@pytest.mark.parametrize("name", ["creation", "change", "drift", "removal"])
def test_steps_and_states_have_only_known_keys(runs, name):
    for line in streamed(runs, name):
        body = next(value for key, value in line.items() if key.endswith("Event"))
        if "metadata" not in body:
            continue
        step = body["metadata"]
        assert set(step) <= STEP_KEYS
        assert {"op", "urn", "type", "old", "new", "detailedDiff", "provider"} <= set(step)
        for state in (step["old"], step["new"]):
            fixed = {"type", "urn", "id", "parent", "inputs", "outputs", "provider"}
            assert state is None or fixed <= set(state) <= STATE_KEYS


def test_every_resource_that_begins_comes_to_an_end(runs):
    lines = streamed(runs, "change")

    def ops(name):
        return [
            (line[name]["metadata"]["op"], line[name]["metadata"]["urn"].split("::")[-1])
            for line in lines
            if name in line
        ]

    begun, ended, failed = (
        ops(name) for name in ("resourcePreEvent", "resOutputsEvent", "resOpFailedEvent")
    )
    assert failed == [("create", "web")]
    assert sorted(begun) == sorted(
        # A component without outputs ends by itself.
        {*ended, *failed, ("same", "group")}
    )
    assert ended[-1] == ("same", "site-dev")


def test_the_prelude_masks_secrets(runs):
    prelude = streamed(runs, "change")[0]["preludeEvent"]

    assert prelude == {"config": {"site:a": "1", "site:b": "[secret]"}}


@pytest.mark.parametrize(
    ("name", "counted"),
    [
        ("creation", {"create": 3}),
        ("change", {"same": 3, "update": 1, "replace": 1}),
        ("drift", {"update": 1, "delete": 1, "same": 1}),
        ("removal", {"delete": 2}),
    ],
)
def test_the_summary_counts_what_was_done(runs, name, counted):
    summary = streamed(runs, name)[-2]["summaryEvent"]
    scene, _ = runs[name]

    assert summary == {
        "maybeCorrupt": False,
        "durationSeconds": 4,
        "resourceChanges": counted,
        "PolicyPacks": {"guard": "1.0.0"} if name == "creation" else {},
        "isPreview": scene.preview,
        "result": "failed" if name in ("change", "removal") else "succeeded",
    }


def test_a_run_that_was_stopped_is_told_as_cancelled(tell):
    stopping = threading.Event()
    stopping.set()
    run = Run("up", preview=False, stopped=stopping.is_set)

    (document,) = told(tell.events.Finished(Outcome(False, (), {}, (), 0.0)), run)

    assert document["summaryEvent"]["result"] == "canceled"


def test_a_step_is_told_whole(tell):
    old = tell.disk(
        id="d-1",
        inputs={"size": 10, "key": Secret("hush"), "deep": [{"key": Secret("hush")}]},
        outputs={"size": 10, "later": UNKNOWN, "file": Asset(text="x", hash="f0")},
        protect=True,
        retain_on_delete=True,
        init_errors=("not ready",),
        hide_diffs=("a.b[0]",),
    )
    new = tell.disk(id="d-1", inputs={"size": 12})
    changes = (Change("size", "update-replace", 10, 12), Change("later", "delete"))
    step = tell.step("replace", old, new, *changes, detailed=True, replaces=("size",))

    (document,) = told(tell.events.StepStarted(step))

    assert document == {
        "resourcePreEvent": {
            "metadata": {
                "op": "replace",
                "urn": old.urn,
                "type": tell.DISK,
                "old": {
                    "type": tell.DISK,
                    "urn": old.urn,
                    "custom": True,
                    "id": "d-1",
                    "parent": tell.BELOW,
                    "protect": True,
                    "retainOnDelete": True,
                    "inputs": {"deep": [{"key": MASKED}], "key": MASKED, "size": 10},
                    "outputs": {
                        "file": {sign.KEY: sign.ASSET, "hash": "f0", "text": "x"},
                        "later": sign.UNKNOWN,
                        "size": 10,
                    },
                    "provider": tell.PROVIDER,
                    "initErrors": ["not ready"],
                    "hideDiffs": [["a", "b", 0]],
                },
                "new": {
                    "type": tell.DISK,
                    "urn": old.urn,
                    "custom": True,
                    "id": "d-1",
                    "parent": tell.BELOW,
                    "inputs": {"size": 12},
                    "outputs": {},
                    "provider": tell.PROVIDER,
                },
                "keys": ["size"],
                "diffs": ["size", "later"],
                "detailedDiff": {
                    "size": {"diffKind": "update-replace", "inputDiff": True},
                    "later": {"diffKind": "delete", "inputDiff": False},
                },
                "logical": True,
                "provider": tell.PROVIDER,
            }
        }
    }


def test_secrets_are_told_when_asked_for(tell):
    step = tell.step("create", None, tell.disk())
    run = Run("up", preview=False, show_secrets=True)

    (document,) = told(tell.events.StepStarted(step), run)

    inputs = document["resourcePreEvent"]["metadata"]["new"]["inputs"]
    assert inputs["key"] == {sign.KEY: sign.SECRET, "plaintext": '"hush"'}


PRE, OUT, FAILED = "resourcePreEvent", "resOutputsEvent", "resOpFailedEvent"


@pytest.mark.parametrize(
    ("op", "event", "run", "expected"),
    [
        ("create", "StepPlanned", UP, []),
        ("create", "StepPlanned", PREVIEW, [PRE]),
        ("create", "StepForetold", PREVIEW, [OUT]),
        ("create", "StepStarted", UP, [PRE]),
        ("create", "StepDone", UP, [OUT]),
        ("create", "StepFailed", UP, [FAILED]),
        ("same", "StepPlanned", UP, [PRE, OUT]),
        ("same", "StepPlanned", PREVIEW, [PRE, OUT]),
        ("replace", "StepPlanned", UP, [PRE, OUT]),
        ("delete", "StepPlanned", PREVIEW, [PRE, OUT]),
        ("delete", "StepDone", UP, [OUT]),
        ("read", "StepPlanned", PREVIEW, [PRE]),
        ("read", "StepStarted", PREVIEW, []),
        ("read", "StepDone", PREVIEW, [OUT]),
        ("remove-pending-replace", "StepPlanned", UP, []),
    ],
)
def test_a_step_is_told_when_it_begins_and_when_it_ends(tell, op, event, run, expected):
    step = tell.step(op, None, tell.disk())
    seconds = {"StepDone": (1.0,), "StepFailed": ("no", 1.0)}.get(event, ())

    assert kinds(getattr(tell.events, event)(step, *seconds), run) == expected


@pytest.mark.parametrize(
    ("op", "event", "run", "expected"),
    [
        ("create", "StepDone", UP, []),
        ("same", "StepPlanned", UP, [PRE]),
        ("create", "StepForetold", PREVIEW, [OUT]),
        ("delete", "StepDone", UP, [OUT]),
        ("create", "OutputsTold", UP, [OUT]),
    ],
)
def test_a_component_tells_its_outputs_itself(tell, op, event, run, expected):
    step = tell.step(op, None, tell.GROUP_STATE)

    assert kinds(getattr(tell.events, event)(step, *((1.0,) if "Done" in event else ())), run) == (
        expected
    )


def test_nothing_is_told_of_default_providers(tell):
    step = tell.step("create", None, tell.PROVIDER_STATE)

    for event in (tell.events.StepPlanned(step), tell.events.StepDone(step, 1.0)):
        assert told(event, PREVIEW) == []


def test_a_look_is_told_as_what_it_found_in_a_refresh_alone(tell):
    change = Change("size", "update", 1, 2)
    step = tell.step("refresh", tell.disk(), tell.disk(), change)

    def ops(run):
        return [next(iter(one.values()))["metadata"]["op"] for one in told(planned, run)]

    planned = tell.events.StepPlanned(step)
    assert ops(Run("refresh", preview=False)) == ["refresh", "update"]
    assert ops(UP) == ["refresh", "refresh"]
    assert all("logical" not in one["metadata"] for one in told(planned)[0].values())


def test_only_a_preview_is_planning(tell):
    step = tell.step("same", tell.disk(), tell.disk())

    (preview, _), (real, _) = (told(tell.events.StepPlanned(step), run) for run in (PREVIEW, UP))

    assert preview["resourcePreEvent"]["planning"] is True
    assert "planning" not in real["resourcePreEvent"]


def test_a_failure_tells_how_many_steps_had_succeeded(tell):
    step = tell.step("create", None, tell.disk())

    (document,) = told(tell.events.StepFailed(step, "no", 1.0), UP, {"create": 2, "same": 3})

    assert document["resOpFailedEvent"]["steps"] == 5
    assert document["resOpFailedEvent"]["status"] == 2


@pytest.mark.parametrize(
    ("event", "document"),
    [
        (
            ("Log", "error", "no room\n", "urn:a"),
            {
                "urn": "urn:a",
                "prefix": "error: ",
                "message": "no room\n",
                "color": "never",
                "severity": "error",
            },
        ),
        (
            ("Log", "info", "hello", ""),
            {"message": "hello\n", "color": "never", "severity": "info"},
        ),
        (
            ("Log", "debug", "how", ""),
            {"prefix": "debug: ", "message": "how\n", "color": "never", "severity": "debug"},
        ),
        (
            ("Log", "warning", "a\nb", ""),
            {"prefix": "warning: ", "message": "a\nb\n", "color": "never", "severity": "warning"},
        ),
    ],
)
def test_a_message_is_a_diagnostic(tell, event, document):
    name, *fields = event

    assert told(getattr(tell.events, name)(*fields)) == [{"diagnosticEvent": document}]


def test_a_broken_policy_is_told_with_its_level_and_severity(tell):
    found = Violation("small", "too large", True, "urn:a", "guard", "1.0.0", "high")

    assert told(tell.events.PolicyFound(found)) == [
        {
            "policyEvent": {
                "resourceUrn": "urn:a",
                "message": "too large\n",
                "color": "never",
                "policyName": "small",
                "policyPackName": "guard",
                "policyPackVersion": "1.0.0",
                "policyPackVersionTag": "1.0.0",
                "enforcementLevel": "mandatory",
                "severity": "high",
            }
        }
    ]


def test_a_remediation_is_told_before_and_after_with_secrets_masked(tell):
    after = Remediation("tagged", {"key": Secret("hush"), "a": 1}, "guard", "1.0.0")

    (document,) = told(tell.events.PolicyRemediated("urn:a", after, {"key": Secret("hush")}))

    assert document["policyRemediationEvent"] == {
        "resourceUrn": "urn:a",
        "color": "never",
        "policyName": "tagged",
        "policyPackName": "guard",
        "policyPackVersion": "1.0.0",
        "policyPackVersionTag": "1.0.0",
        "before": {"key": MASKED},
        "after": {"a": 1, "key": MASKED},
    }


def test_what_a_step_waits_for_is_no_event_of_pulumis(tell):
    assert told(tell.events.Status("urn:a", "an address")) == []
    assert told(tell.events.PolicyLoading("pack")) == [{"policyLoadEvent": {}}]
