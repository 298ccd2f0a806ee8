"""The program that keeps the keys of secrets at rest, with a kubectl that plays the API server."""

import hashlib
import importlib.util
import io
import json
import os
import re
from pathlib import Path
from types import ModuleType

import pytest
from ruamel.yaml import YAML

FILE = Path(__file__).parents[2] / "roles/kubernetes/files/kubernetes_keys.py"
# It tells which file it goes by, takes some turns to see another one, and holds secrets of which
# some are being changed by others.
KUBECTL = """#!/bin/sh
case "$*" in
  *metrics*)
    [ -e $PLAY/turns ] && rm $PLAY/turns && exit 1
    sum=$(sha256sum $PLAY/encryption.yaml | cut -d' ' -f1)
    [ -e $PLAY/deaf ] && sum=other
    echo 'apiserver_encryption_config_controller_last_config_info{hash="sha256:'$sum'"} 1' ;;
  *get*secrets*) cat $PLAY/secrets.json ;;
  *replace*)
    cat >$PLAY/replaced.json
    [ -e $PLAY/busy ] && rm $PLAY/busy && echo "Error from server (Conflict)" >&2 && exit 1
    [ -e $PLAY/stuck ] || exit 0
    echo "Error from server (Forbidden)" >&2
    echo "data: s3cret" >&2
    exit 1 ;;
esac
"""


@pytest.fixture
def program(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("kubernetes_keys", FILE)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    kubectl = tmp_path / "kubectl"
    kubectl.write_text(KUBECTL)
    kubectl.chmod(0o755)
    (tmp_path / "secrets.json").write_text('{"items": [{"kind": "Secret"}]}')
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setenv("PLAY", str(tmp_path))
    monkeypatch.setattr(module.time, "sleep", lambda _: None)
    return module


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "encryption.yaml"


def secrets(file: Path) -> list[dict[str, str]]:
    told = YAML(typ="safe").load(file.read_text())
    box, identity = told["resources"][0]["providers"]
    assert identity == {"identity": {}}
    return [dict(key) for key in box["secretbox"]["keys"]]


def test_the_first_key_is_made_once_for_root_alone(program: ModuleType, file: Path) -> None:
    program.main(["make"], file)
    made = file.read_text()
    program.main(["make"], file)

    assert file.read_text() == made
    assert file.stat().st_mode & 0o777 == 0o600
    assert [key["name"] for key in secrets(file)] == ["first"]
    assert len(secrets(file)[0]["secret"]) == 44


def test_keys_are_read_and_laid_in_their_order(
    program: ModuleType, file: Path, monkeypatch, capsys
) -> None:
    program.main(["make"], file)
    program.main(["new"], file)
    new = json.loads(capsys.readouterr().out)
    keys = [new, *program.read(file)]
    monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps(keys)))

    program.main(["lay"], file)

    assert re.fullmatch(r"key-\d{8}t\d{6}z", new["name"])
    assert secrets(file) == keys
    program.main(["read"], file)
    assert json.loads(capsys.readouterr().out) == keys


def test_laying_waits_until_the_api_server_goes_by_it(
    program: ModuleType, file: Path, tmp_path: Path
) -> None:
    program.main(["make"], file)
    (tmp_path / "turns").touch()

    program.lay(file, [program.fresh("second")])

    assert not (tmp_path / "turns").exists()


def test_an_api_server_that_does_not_follow_is_told(
    program: ModuleType, file: Path, tmp_path: Path, monkeypatch
) -> None:
    program.main(["make"], file)
    (tmp_path / "deaf").touch()
    monkeypatch.setattr(program, "PATIENCE", 0)
    monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps(program.read(file))))

    with pytest.raises(SystemExit, match="did not take the keys"):
        program.main(["lay"], file)


def test_a_file_that_is_right_already_is_left_as_it_is(program: ModuleType, file: Path) -> None:
    program.main(["make"], file)
    before = file.stat().st_ino, hashlib.sha256(file.read_bytes()).hexdigest()

    program.lay(file, program.read(file))

    assert (file.stat().st_ino, hashlib.sha256(file.read_bytes()).hexdigest()) == before


def test_every_secret_is_written_anew_also_where_others_write(
    program: ModuleType, file: Path, tmp_path: Path
) -> None:
    (tmp_path / "busy").touch()

    program.main(["rewrite"], file)

    assert json.loads((tmp_path / "replaced.json").read_text())["items"]
    assert not (tmp_path / "busy").exists()


def test_a_secret_that_cannot_be_written_is_told_without_it(
    program: ModuleType, file: Path, tmp_path: Path
) -> None:
    (tmp_path / "stuck").touch()

    with pytest.raises(SystemExit, match="Forbidden") as ended:
        program.main(["rewrite"], file)
    assert "s3cret" not in str(ended.value)


def test_a_cluster_without_secrets_has_nothing_to_write(
    program: ModuleType, file: Path, tmp_path: Path
) -> None:
    (tmp_path / "secrets.json").write_text('{"items": []}')

    program.main(["rewrite"], file)

    assert not (tmp_path / "replaced.json").exists()
