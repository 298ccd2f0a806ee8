"""Our state read by Pulumi's own published Go code: its types, strictly, and its decryption.

Building that code downloads some hundred modules and takes minutes, so it is asked for:
``HUE_INFRA_GO_ORACLE=1 pytest tests/engine/test_oracle.py``.
"""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from hue_infra.engine.backend import FileBackend
from hue_infra.engine.state import Operation, Snapshot, Timeouts, now
from hue_infra.engine.values import UNKNOWN, Archive, Asset, ResourceReference, Secret

SOURCE = Path(__file__).parents[1] / "cases" / "engine" / "oracle"
PHRASE = "cụm mật khẩu"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("go") is None, reason="the Go toolchain is absent"),
    pytest.mark.skipif(
        not os.environ.get("HUE_INFRA_GO_ORACLE"), reason="HUE_INFRA_GO_ORACLE is not set"
    ),
]


def test_pulumis_own_code_reads_our_state(tmp_path, resource):
    store = FileBackend(tmp_path).stack("hue", "lab")
    store.save(_rich(resource), store.crypter(lambda: PHRASE))

    assert _oracle(tmp_path, store.file) == {
        "version": 3,
        "stack": "organization/hue/lab",
        "resources": 3,
        "pending": 1,
        "secrets": ['"<&>ế"', "[1,0.5]"],
    }


def _rich(resource):
    provider = resource("default", type="pulumi:providers:hue", id="1")
    parent = resource("parent", custom=False)
    full = resource(
        "child",
        id="i",
        inputs={
            "numbers": Secret([1, 0.5]),
            "null": None,
            "nan": float("nan"),
            "asset": Asset(text="t", hash="h"),
            "archive": Archive(assets={"a": Asset(path="p", hash="q")}, hash="r"),
            "references": [ResourceReference(parent.urn), ResourceReference(parent.urn, UNKNOWN)],
        },
        outputs={"unknown": UNKNOWN, "text": Secret("<&>ế")},
        parent=parent.urn,
        protect=True,
        dependencies=(parent.urn,),
        init_errors=("not ready",),
        provider=f"{provider.urn}::1",
        property_dependencies={"numbers": (parent.urn,), "null": ()},
        additional_secret_outputs=("text",),
        custom_timeouts=Timeouts(create=600.0, read=1.5),
        import_id="i",
        retain_on_delete=True,
        deleted_with=parent.urn,
        created=now(),
        modified=now(),
        source_position="project:///main.py#1",
        ignore_changes=("a",),
        replace_on_changes=("b",),
        extra={"stackTrace": [{"sourcePosition": "project:///main.py#1"}]},
    )
    return Snapshot((provider, parent, full), (Operation(resource("new"), "creating"),))


def _oracle(folder, state):
    build = folder / "build"
    shutil.copytree(SOURCE, build)
    env = {**os.environ, "GOFLAGS": "-mod=mod", "GOMAXPROCS": "1"}
    for argv in (["go", "mod", "tidy"], ["go", "build", "-o", "oracle", "."]):
        subprocess.run(argv, cwd=build, env=env, check=True, capture_output=True)
    done = subprocess.run(
        [build / "oracle", state, PHRASE], check=True, capture_output=True, text=True
    )
    found = json.loads(done.stdout)
    return {**found, "secrets": sorted(found["secrets"])}
