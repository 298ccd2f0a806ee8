"""Components and methods of plugins, whose children come back to the monitor of the run."""

from dataclasses import replace

import pytest
from google.protobuf import empty_pb2, json_format, struct_pb2
from pulumi.runtime.proto import engine_pb2, provider_pb2, resource_pb2

from hue_infra.engine import signatures as sign
from hue_infra.engine.calls import ProviderError
from hue_infra.engine.goal import Alias, Goal
from hue_infra.engine.host import components
from hue_infra.engine.host.rpc import Server
from hue_infra.engine.provider import (
    CallRequest,
    CheckFailure,
    ConstructRequest,
    InvokeFailure,
    Site,
)
from hue_infra.engine.state import Timeouts
from hue_infra.engine.values import UNKNOWN, OutputValue, Secret
from hue_infra.engine.wire import ALL, USUAL, Keep
from hue_infra.errors import EngineError

pytestmark = pytest.mark.slow

OTHER = "urn:pulumi:lab::hue::a:b:C::c"


class Monitor:
    """Takes registrations, and remembers them."""

    def __init__(self):
        self.registered = []
        self.logged = []

    def GetDeploymentInfo(self, _):  # noqa: N802 - the protocol's name
        features = resource_pb2.ResourceMonitorFeature.values()[:4]
        return resource_pb2.DeploymentInfo(
            project="hue", stack="lab", organization="organization", supportedFeatures=features
        )

    def SupportsFeature(self, request):  # noqa: N802
        known = ("secrets", "resourceReferences", "outputValues", "aliasSpecs")
        return resource_pb2.SupportsFeatureResponse(hasSupport=request.id in known)

    def RegisterResource(self, request):  # noqa: N802
        self.registered.append(request)
        urn = f"urn:pulumi:lab::hue::{request.type}::{request.name}"
        return resource_pb2.RegisterResourceResponse(urn=urn, object=struct_pb2.Struct())

    def RegisterResourceOutputs(self, _):  # noqa: N802
        return empty_pb2.Empty()

    def Log(self, request):  # noqa: N802
        self.logged.append(request.message)
        return empty_pb2.Empty()


@pytest.fixture(scope="module")
def monitor(yard):
    made, server = Monitor(), Server()
    server.serve(made, resource_pb2.DESCRIPTOR.services_by_name["ResourceMonitor"])
    server.serve(made, engine_pb2.DESCRIPTOR.services_by_name["Engine"])
    server.start()
    made.address = yard.engine = server.address
    yield made
    server.close()


@pytest.fixture
def site(monitor):
    monitor.registered.clear()
    config = {"hue:a": "1", "hue:b": "2"}
    return Site("hue", "lab", "organization", monitor.address, False, 4, config, {"hue:b"})


@pytest.fixture(scope="module")
def desk(yard, monitor):
    made = yard.find("desk")
    made.configure({})
    return made


@pytest.fixture(scope="module")
def crew(yard, monitor):
    made = yard.find("crew")
    made.configure({})
    return made


def team(site, inputs, **fields):
    return ConstructRequest(site, Goal("crew:index:Team", "t", custom=False, **fields), inputs)


def test_a_component_is_made_and_its_outputs_come_back(crew, monitor, site):
    made = crew.construct(team(site, {"leader": "An", "size": 3}, protect=True))

    (request,) = monitor.registered
    assert (request.type, request.name, request.protect) == ("crew:index:Team", "t", True)
    assert made.urn == "urn:pulumi:lab::hue::crew:index:Team::t"
    assert made.outputs == {"greeting": "hi An", "size": 3}


def test_what_a_component_got_is_what_its_outputs_depend_on(crew, site):
    leader = OutputValue("An", secret=True, dependencies=(OTHER,))

    made = crew.construct(team(site, {"leader": leader}))

    assert made.dependencies["greeting"] == (OTHER,)
    assert made.outputs["greeting"] == Secret("hi An")


def test_what_a_preview_does_not_know_stays_unknown(crew, site):
    preview = replace(site, preview=True)

    made = crew.construct(team(preview, {"leader": OutputValue(UNKNOWN, dependencies=(OTHER,))}))

    assert made.outputs["greeting"] is UNKNOWN
    assert made.dependencies["greeting"] == (OTHER,)


def test_a_component_that_fails_says_why(crew, site):
    with pytest.raises(ProviderError, match="a team needs a leader"):
        crew.construct(team(site, {"leader": "nobody"}))


def test_inputs_that_are_wrong_are_named_with_their_values(desk, site):
    goal = Goal("desk:index:Desk", "d", custom=False)

    with pytest.raises(ProviderError) as told:
        desk.construct(ConstructRequest(site, goal, {"color": "green"}))

    assert str(told.value) == (
        "it cannot be told apart"
        "\n\t\t- property label has a problem: is missing"
        "\n\t\t- property color with value '{green}' has a problem: is ugly"
    )
    with pytest.raises(ProviderError, match=r"property color with value '\{\[secret\]\}'"):
        desk.construct(ConstructRequest(site, goal, {"color": Secret("green")}))


def test_a_plugin_without_secrets_makes_no_components(yard, site):
    provider = yard.find("shelf")
    provider.configure({"trusts": "no"})

    with pytest.raises(EngineError, match="shelf makes components but does not accept secrets"):
        provider.construct(team(site, {}))


def test_a_component_whose_provider_is_not_known_yet_is_only_registered(yard, monitor, site):
    provider = yard.find("crew")

    made = provider.construct(team(site, {"leader": "An"}, parent="urn:parent"))

    (request,) = monitor.registered
    assert (request.type, request.name) == ("crew:index:Team", "t")
    assert (request.parent, request.custom) == ("urn:parent", False)
    assert (made.urn, made.outputs) == ("urn:pulumi:lab::hue::crew:index:Team::t", {})
    provider.close()


def test_a_method_is_called(desk, site):
    text = OutputValue("words", dependencies=(OTHER,))
    args = {"__self__": "x", "text": text}

    answer = desk.call(CallRequest(site, "desk:index:Desk/write", args, {"text": (OTHER,)}))

    assert answer.failures == ()
    assert answer.dependencies == {"written": (OTHER,)}
    assert answer.outputs == {"written": "WORDS"}


def test_a_method_may_refuse(desk, site):
    answer = desk.call(CallRequest(site, "desk:index:Desk/fail", {}))

    assert answer.failures == (CheckFailure("height", "is too low"),)


def test_a_method_that_fails_names_the_arguments_that_are_wrong(desk, site):
    with pytest.raises(ProviderError) as told:
        desk.call(CallRequest(site, "desk:index:Desk/spill", {"text": "words"}))

    assert str(told.value) == (
        "\n\t\t- property text with value '{words}' has a problem: the ink is dry"
    )


def test_a_function_of_the_older_class_answers(desk):
    assert desk.invoke("desk:index:ask", {"question": 42}, preview=False) == {"answer": 42}
    with pytest.raises(InvokeFailure, match="question: is too hard"):
        desk.invoke("desk:index:doubt", {}, preview=False)


class TestRequests:
    def test_of_components_carry_every_option(self, site):
        goal = Goal(
            "a:b:C",
            "name",
            custom=False,
            parent="urn:parent",
            protect=False,
            retain_on_delete=True,
            delete_before_replace=True,
            dependencies=("urn:d",),
            property_dependencies={"x": ("urn:e",)},
            ignore_changes=("i",),
            replace_on_changes=("r",),
            additional_secret_outputs=("s",),
            aliases=(
                Alias(urn="urn:old"),
                Alias(name="n", no_parent=True),
                Alias(type="t", stack="s", project="p", parent="urn:q"),
            ),
            timeouts=Timeouts(create=90.0, read=0.5),
            deleted_with="urn:w",
            replace_with=("urn:v",),
            replacement_trigger=Secret(1),
            hooks={"before_create": ("h",), "on_error": ("e",)},
        )
        request = ConstructRequest(site, goal, {"x": Secret(1)}, {"aws": "urn::id"})

        made = components.construction(request, ALL)

        assert json_format.MessageToDict(made, preserving_proto_field_name=True) == {
            "project": "hue",
            "stack": "lab",
            "organization": "organization",
            "config": {"hue:a": "1", "hue:b": "2"},
            "configSecretKeys": ["hue:b"],
            "parallel": 4,
            "monitorEndpoint": site.monitor,
            "type": "a:b:C",
            "name": "name",
            "parent": "urn:parent",
            "inputs": {"x": {sign.KEY: sign.SECRET, "value": 1.0}},
            "inputDependencies": {"x": {"urns": ["urn:e"]}},
            "providers": {"aws": "urn::id"},
            "dependencies": ["urn:d"],
            "protect": False,
            "retainOnDelete": True,
            "deleteBeforeReplace": True,
            "additionalSecretOutputs": ["s"],
            "ignoreChanges": ["i"],
            "replaceOnChanges": ["r"],
            "customTimeouts": {"create": "90s", "read": "0.5s"},
            "deletedWith": "urn:w",
            "replace_with": ["urn:v"],
            "replacement_trigger": {sign.KEY: sign.SECRET, "value": 1.0},
            "resource_hooks": {"before_create": ["h"], "on_error": ["e"]},
            "aliases": [
                {"urn": "urn:old"},
                {"spec": {"name": "n", "noParent": True}},
                {"spec": {"type": "t", "stack": "s", "project": "p", "parentUrn": "urn:q"}},
            ],
            "accepts_output_values": True,
        }

    def test_of_plain_components_leave_unset_what_is_not_said(self, site):
        made = components.construction(team(site, {}), USUAL)

        assert not any(
            made.HasField(name)
            for name in ("protect", "retainOnDelete", "deleteBeforeReplace", "customTimeouts")
        )

    @pytest.mark.parametrize(
        ("keep", "sent"),
        [
            (USUAL, {sign.KEY: sign.SECRET, "value": 1.0}),
            (Keep(secrets=False), {sign.KEY: sign.SECRET, "value": 1.0}),
            (
                ALL,
                {sign.KEY: sign.OUTPUT, "value": 1.0, "secret": True, "dependencies": ["urn:a"]},
            ),
        ],
    )
    def test_carry_output_values_to_who_accepts_them(self, site, keep, sent):
        value = OutputValue(1, secret=True, dependencies=("urn:a",))

        made = components.call(CallRequest(site, "t", {"x": value}, {"x": ("urn:a",)}), keep)

        assert json_format.MessageToDict(made.args)["x"] == sent
        assert list(made.argDependencies["x"].urns) == ["urn:a"]
        assert isinstance(made, provider_pb2.CallRequest)
        assert (made.config["hue:a"], list(made.configSecretKeys)) == ("1", ["hue:b"])
