"""A pack of our own in this process has the same conversation as one beside it."""

import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import analyzer_pb2 as wire
from pulumi.runtime.proto import analyzer_pb2_grpc

from hue_infra.engine.policy.inside import Inside
from hue_infra.engine.policy.pack import PackAnalyzer
from hue_infra.errors import EngineError


class Servicer(analyzer_pb2_grpc.AnalyzerServicer):
    """Notes what it is asked; what it does not override, the generated class refuses."""

    def __init__(self):
        self.asked = []
        self.found = []

    def GetAnalyzerInfo(self, request, _context):  # noqa: N802 - the protocol's
        self.asked.append("GetAnalyzerInfo")
        policy = wire.PolicyInfo(name="one", enforcementLevel=wire.MANDATORY)
        return wire.AnalyzerInfo(name="own", version="9", supportsConfig=True, policies=[policy])

    def Configure(self, request, _context):  # noqa: N802 - the protocol's
        self.asked.append(("Configure", dict(request.policyConfig)["one"].enforcementLevel))
        return empty_pb2.Empty()

    def Analyze(self, request, _context):  # noqa: N802 - the protocol's
        self.asked.append(("Analyze", request.name))
        if request.name == "mistake":
            raise KeyError("gone")
        return wire.AnalyzeResponse(diagnostics=self.found)


@pytest.fixture
def servicer():
    return Servicer()


@pytest.fixture
def gate(servicer, kit):
    made = PackAnalyzer(kit.folder("rules"), connect=lambda *_: Inside(servicer))
    made.begin(kit.scene())
    return made


def test_the_conversation_is_that_of_any_pack(gate, servicer, kit):
    gate.analyze(kit.resource("thing"))
    gate.end()

    # Handshake, ConfigureStack and Cancel were asked too, and refused as unknown.
    assert servicer.asked == [
        "GetAnalyzerInfo",
        ("Configure", wire.MANDATORY),
        ("Analyze", "thing"),
    ]


def test_the_version_is_that_of_the_packs_file(gate):
    assert (gate.name, gate.version) == ("own", "1.2.3")


def test_what_the_pack_does_not_have_is_passed_over(gate, kit):
    assert gate.analyze_stack([kit.resource()]) == ()


def test_a_mistake_of_the_pack_is_its_failure(gate, kit):
    with pytest.raises(EngineError, match=r"policy pack own failed: .*gone"):
        gate.analyze(kit.resource("mistake"))


def test_a_method_that_a_servicer_lacks_is_unknown_to_it(kit):
    class Bare:
        def GetAnalyzerInfo(self, request, _context):  # noqa: N802 - the protocol's
            return wire.AnalyzerInfo(name="bare", policies=[wire.PolicyInfo(name="one")])

    made = PackAnalyzer(kit.folder("rules"), connect=lambda *_: Inside(Bare()))
    made.begin(kit.scene())

    assert not made.analyze(kit.resource())


@pytest.mark.parametrize(
    ("level", "mandatory"),
    [
        (wire.ADVISORY, False),
        (wire.MANDATORY, True),
        # Packs of other languages may leave it so; what is still wrong after a remedy counts.
        (wire.REMEDIATE, True),
        # A level that only a later protocol knows must not let anything pass.
        (99, True),
    ],
)
def test_a_level_decides_whether_a_breach_counts(gate, servicer, kit, level, mandatory):
    servicer.found = [wire.AnalyzeDiagnostic(policyName="one", message="m", enforcementLevel=level)]

    (found,) = gate.analyze(kit.resource())

    assert found.mandatory is mandatory
