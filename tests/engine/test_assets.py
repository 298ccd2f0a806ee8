"""Hashes of assets and archives. The expected ones were made by Go 1.26's archive/tar, which
Pulumi uses: one member of content "hello", header {Name, Mode: 0o600, Size: 5}.
"""

import hashlib
import tarfile
import zipfile

import pytest

from hue_infra.engine import assets as assets_module
from hue_infra.engine.assets import archive_hash, hashed
from hue_infra.engine.values import Archive, Asset, Secret
from hue_infra.errors import EngineError

HELLO = hashlib.sha256(b"hello").hexdigest()
MADE_BY_GO = {
    "a/b.txt": "118f166fcc8c1b9f414c7cd83c531484333f979bbd7c080ebb18aa578bd962ca",
    "tài liệu/xã Phú Lộc.txt": "583120ce6542a24a893a7c3228deb33ef76cb03100525c2ca3f14269b29bf79e",
    "d/" * 60 + "f": "2b5a99f571e13385e2b4788a148534b0f9bc4b88db399dea7371c2434055dad8",
    "n" * 120: "15c7b8ba6c1b20a108d938ab87d70015b56c4e012e0d95b6fda876734bdb5c8e",
    "đ" * 90 + "/x": "632aa77fc9f549c6475cdc3c8336a23e976543fe65d46909f44d2bad1e6d44dc",
    "p" * 80 + "/" + "q" * 99: "f4645b248ce98e25b9b3211b7add0802794cef85226056b4c6d2953fc1d63694",
}


@pytest.mark.parametrize("name", MADE_BY_GO)
def test_an_archive_hashes_as_gos_tar_does(name, tmp_path):
    assert archive_hash(Archive(assets={name: Asset(text="hello")}), tmp_path) == MADE_BY_GO[name]


def test_text_and_file_hash_by_their_content_alone(tmp_path):
    (tmp_path / "f").write_text("hello")
    value = {"a": Asset(text="hello"), "b": Secret([Asset(path="f")])}

    assert hashed(value, tmp_path) == {
        "a": Asset(text="hello", hash=HELLO),
        "b": Secret([Asset(path="f", hash=HELLO)]),
    }


def test_a_hash_that_is_there_is_kept_even_when_the_file_is_gone(tmp_path):
    known = Asset(path="gone", hash="x")

    assert hashed(known, tmp_path) is known


def test_a_directory_hashes_as_the_map_of_its_files(tmp_path):
    tree = tmp_path / "tree"
    for name in ("b.txt", "a/z", "a.txt", ".pulumi/secret"):
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).write_text(name)
    (tree / "link").symlink_to("b.txt")
    (tree / "loop").symlink_to(tree)
    # In the order that filepath.Walk meets them; what ".pulumi" holds is left out.
    listed = {"a/z": "a/z", "a.txt": "a.txt", "b.txt": "b.txt", "link": "b.txt"}
    nested = Archive(assets={"t": Archive(path="tree")})
    named = {f"t/{name}": Asset(text=text) for name, text in listed.items()}

    assert archive_hash(nested, tmp_path) == _in_order(named)


def _in_order(assets):
    """Hash members in the order given: the order of a walk is not always that of the names."""
    result = hashlib.sha256()
    for name, asset in assets.items():
        for piece in assets_module._tar_entry(name, asset.text.encode()):
            result.update(piece)
    result.update(bytes(1024))
    return result.hexdigest()


def test_a_packed_archive_hashes_as_it_is(tmp_path):
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as packed:
        packed.writestr("a", "hello")
    expected = hashlib.sha256((tmp_path / "x.zip").read_bytes()).hexdigest()

    assert archive_hash(Archive(path="x.zip"), tmp_path) == expected
    assert archive_hash(Archive(uri=f"file://{tmp_path}/x.zip"), tmp_path) == expected


def test_a_packed_archive_inside_another_is_unpacked(tmp_path):
    (tmp_path / "b.txt").write_text("hello")
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as packed:
        packed.writestr("b.txt", "hello")
    with tarfile.open(tmp_path / "x.tar.gz", "w:gz") as packed:
        packed.add(tmp_path / "b.txt", "b.txt")

    for name in ("x.zip", "x.tar.gz"):
        outer = Archive(assets={"a": Archive(path=name)})
        assert archive_hash(outer, tmp_path) == MADE_BY_GO["a/b.txt"]


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (Asset(path="missing"), "missing"),
        (Archive(path="missing"), "missing"),
        (Asset(uri="https://example.vn/x"), "https://example.vn/x"),
        (Archive(path="plain"), "kind not supported"),
        (Archive(assets={"a": Asset(path="missing")}), "missing"),
        (Archive(assets={"a": Archive(path="broken.zip")}), "broken.zip"),
    ],
)
def test_what_cannot_be_read_is_named(tmp_path, value, words):
    (tmp_path / "plain").write_text("x")
    (tmp_path / "broken.zip").write_text("x")

    with pytest.raises(EngineError, match=words):
        hashed(value, tmp_path)
