"""Images made from files alone: the same bytes every time, and whole by OCI's own rules."""

import hashlib
import json
import os
import tarfile
from pathlib import Path

import pytest

from hue_infra.tools import images


@pytest.fixture
def program(tmp_path: Path) -> Path:
    path = tmp_path / "program"
    path.write_bytes(b"\x7fELF" + b"x" * 100_000)
    return path


RECIPES = (
    images.Recipe("hue-infra.internal/one", ("v1",)),
    images.Recipe("hue-infra.internal/two", ("v1", "v2"), ("two",), user="65532:65532"),
)


def made(directory: Path, program: Path) -> tuple[images.Image, ...]:
    directory.mkdir()
    return images.write(
        directory, RECIPES, {"usr/bin/program": program}, {"usr/local/bin/two": "/usr/bin/program"}
    )


def read(archive: Path) -> dict[str, bytes]:
    with tarfile.open(archive) as tar:
        return {one.name: tar.extractfile(one).read() for one in tar if one.isfile()}  # type: ignore[union-attr]


def test_same_files_give_the_same_archive(tmp_path: Path, program: Path) -> None:
    first = made(tmp_path / "a", program)
    os.utime(program, (1, 1))
    program.chmod(0o600)
    second = made(tmp_path / "b", program)

    assert [one.digest for one in first] == [one.digest for one in second]
    assert first[0].archive.read_bytes() == second[0].archive.read_bytes()


def test_each_blob_is_what_its_name_says(tmp_path: Path, program: Path) -> None:
    files = read(made(tmp_path / "a", program)[0].archive)
    blobs = {name: text for name, text in files.items() if name.startswith("blobs/")}

    assert len(blobs) == 5  # one layer, two manifests, two configurations
    assert all(name.endswith(hashlib.sha256(text).hexdigest()) for name, text in blobs.items())


def test_index_names_each_image_by_tag_and_by_digest(tmp_path: Path, program: Path) -> None:
    one, two = made(tmp_path / "a", program)
    index = json.loads(read(one.archive)["index.json"])
    named = {
        entry["annotations"]["io.containerd.image.name"]: entry["digest"]
        for entry in index["manifests"]
    }

    assert named == {
        "hue-infra.internal/one:v1": one.digest,
        one.by_digest: one.digest,
        "hue-infra.internal/two:v1": two.digest,
        "hue-infra.internal/two:v2": two.digest,
        two.by_digest: two.digest,
    }


def test_image_runs_what_its_recipe_says(tmp_path: Path, program: Path) -> None:
    _, two = made(tmp_path / "a", program)
    files = read(two.archive)
    manifest = json.loads(files[f"blobs/sha256/{two.digest.removeprefix('sha256:')}"])
    blob = manifest["config"]["digest"].removeprefix("sha256:")
    config = json.loads(files[f"blobs/sha256/{blob}"])

    assert config["config"]["Entrypoint"] == ["two"]
    assert config["config"]["User"] == "65532:65532"


def test_layer_holds_program_and_link_of_root(tmp_path: Path, program: Path) -> None:
    one, _ = made(tmp_path / "a", program)
    files = read(one.archive)
    layer = max(files.values(), key=len)
    (tmp_path / "layer.tar").write_bytes(layer)
    with tarfile.open(tmp_path / "layer.tar") as tar:
        entries = {entry.name: entry for entry in tar}

    assert entries["usr/bin/program"].mode == 0o755
    assert entries["usr/local/bin/two"].linkname == "/usr/bin/program"
    assert {(entry.uid, entry.gid, entry.mtime) for entry in entries.values()} == {(0, 0, 0)}
