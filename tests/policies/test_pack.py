"""The CrossGuard pack runs as an engine runs it: its own process, spoken to over gRPC."""

import subprocess
import sys
from pathlib import Path

import grpc
import pytest
from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime.proto import analyzer_pb2, analyzer_pb2_grpc

PACK = Path(__file__).parent.parent.parent / "policies/pack"


@pytest.fixture
def analyzer():
    argv = [sys.executable, "-u", str(PACK / "__main__.py")]
    with subprocess.Popen(argv, cwd=PACK, stdout=subprocess.PIPE, text=True) as process:
        try:
            port = process.stdout.readline().strip()
            with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
                yield analyzer_pb2_grpc.AnalyzerStub(channel)
        finally:
            process.kill()


@pytest.mark.slow
def test_pack_refuses_an_image_without_a_digest(analyzer):
    names = {policy.name for policy in analyzer.GetAnalyzerInfo(empty_pb2.Empty()).policies}
    properties = struct_pb2.Struct()
    properties.update(
        {"spec": {"containers": [{"name": "web", "image": "docker.io/nginx:latest"}]}}
    )
    request = analyzer_pb2.AnalyzeRequest(
        type="kubernetes:core/v1:Pod",
        name="web",
        urn="urn:pulumi:s::p::t::web",
        properties=properties,
    )

    found = {item.policyName for item in analyzer.Analyze(request).diagnostics}

    assert names == {"NET-004", "SUP-001", "K8S-001"}
    assert found == {"SUP-001", "K8S-001"}
