"""A pack of the first protocol: it can be described and asked, and knows nothing else."""

import sys
from concurrent.futures import ThreadPoolExecutor

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import analyzer_pb2 as wire


def info(_: empty_pb2.Empty, __: grpc.ServicerContext) -> wire.AnalyzerInfo:
    """What is in the pack; no settings, and no word on what kind a policy is of."""
    policy = wire.PolicyInfo(name="no-bad", enforcementLevel=wire.MANDATORY)
    return wire.AnalyzerInfo(name="old", version="0.1.0", policies=[policy])


def analyze(request: wire.AnalyzeRequest, _: grpc.ServicerContext) -> wire.AnalyzeResponse:
    """Refuse bad values."""
    if request.properties.fields["value"].string_value != "bad":
        return wire.AnalyzeResponse()
    found = wire.AnalyzeDiagnostic(
        policyName="no-bad", policyPackName="old", message="bad", enforcementLevel=wire.MANDATORY
    )
    return wire.AnalyzeResponse(diagnostics=[found])


ANSWERS = {
    "GetAnalyzerInfo": (info, empty_pb2.Empty),
    "Analyze": (analyze, wire.AnalyzeRequest),
}
server = grpc.server(ThreadPoolExecutor(4))
handlers = {
    name: grpc.unary_unary_rpc_method_handler(
        answer,
        request_deserializer=kind.FromString,
        response_serializer=lambda it: it.SerializeToString(),
    )
    for name, (answer, kind) in ANSWERS.items()
}
server.add_generic_rpc_handlers(
    (grpc.method_handlers_generic_handler("pulumirpc.Analyzer", handlers),)
)
port = server.add_insecure_port("127.0.0.1:0")
server.start()
sys.stdout.write(f"{port}\n")
sys.stdout.flush()
server.wait_for_termination()
