"""Images of Debian packages: what may be in them, and that the same tree gives the same layer."""

import io
import tarfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from hue_infra.tools import kubernetes, platform_images
from hue_infra.tools.platform_images import NOBODY, Row, lay

PASSWD = "root:x:0:0:root:/root:/bin/bash\npostgres:x:101:103:,,,:/var/lib/postgresql:/bin/bash\n"
GROUP = "root:x:0:\npostgres:x:103:\n"
FILES: Mapping[str, tuple[int, int, str]] = {
    "./etc/passwd": (0o644, 0, PASSWD),
    "./etc/group": (0o644, 0, GROUP),
    "./etc/machine-id": (0o444, 0, "f00\n"),
    "./usr/bin/su": (0o4755, 0, "program"),
    "./usr/bin/chage": (0o2755, 42, "program"),
    "./usr/lib/python3/one.py": (0o644, 0, "pass\n"),
    "./var/log/dpkg.log": (0o644, 0, "today\n"),
}


def tree(date: int) -> io.BytesIO:
    """A small root tree as mmdebstrap writes it, made on *date*."""
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w") as tar:
        for name in ("./", "./tmp/", "./var/log/"):
            entry = tarfile.TarInfo(name)
            entry.type, entry.mode, entry.mtime = tarfile.DIRTYPE, 0o3777, date
            tar.addfile(entry)
        for name, (mode, group, text) in FILES.items():
            entry = tarfile.TarInfo(name)
            entry.mode, entry.gid, entry.size = mode, group, len(text)
            entry.mtime = 1_000_000_000 if name.endswith(".py") else date
            tar.addfile(entry, io.BytesIO(text.encode()))
        link = tarfile.TarInfo("./usr/bin/hard")
        link.type, link.linkname, link.mtime = tarfile.LNKTYPE, "./usr/bin/su", date
        tar.addfile(link)
    return io.BytesIO(written.getvalue())


def layer(date: int) -> bytes:
    written = io.BytesIO()
    left_out = ("etc/machine-id", "var/log/*")
    with tarfile.open(fileobj=tree(date)) as source, tarfile.open(fileobj=written, mode="w") as to:
        lay(source, to, left_out, "postgres")
    return written.getvalue()


def laid() -> dict[str, tarfile.TarInfo]:
    with tarfile.open(fileobj=io.BytesIO(layer(5))) as tar:
        return {entry.name: entry for entry in tar}


def test_the_same_tree_of_another_day_gives_the_same_layer() -> None:
    assert layer(1_700_000_000) == layer(1_800_000_000)


def test_nothing_raises_rights_and_all_is_roots() -> None:
    entries = laid()

    assert entries["usr/bin/su"].mode == entries["usr/bin/chage"].mode == 0o755
    assert {(one.uid, one.gid, one.uname, one.gname) for one in entries.values()} == {
        (0, 0, "", "")
    }
    assert entries["tmp"].mode == 0o1777


def test_what_is_left_out_is_not_there_and_directories_stay() -> None:
    entries = laid()

    assert "var/log" in entries
    assert not {"etc/machine-id", "var/log/dpkg.log"} & set(entries)


def test_python_finds_its_compiled_code_fresh_and_links_their_file() -> None:
    entries = laid()

    assert entries["usr/lib/python3/one.py"].mtime == 1_000_000_000
    assert entries["usr/bin/su"].mtime == 0
    assert entries["usr/bin/hard"].linkname == "usr/bin/su"


def test_the_systems_user_is_the_one_that_pods_run_as() -> None:
    with tarfile.open(fileobj=io.BytesIO(layer(5))) as tar:
        passwd, group = (
            tar.extractfile(f"etc/{name}").read().decode()  # type: ignore[union-attr]
            for name in ("passwd", "group")
        )

    assert f"postgres:x:{NOBODY}:{NOBODY}:,,,:/var/lib/postgresql:/bin/bash\n" in passwd
    assert f"postgres:x:{NOBODY}:\n" in group
    assert "root:x:0:0:" in passwd


def test_a_province_without_such_platforms_needs_no_image() -> None:
    assert platform_images.needed(["portal"]) == []
    assert platform_images.needed(["portal", "database", "database"]) == ["database"]
    assert platform_images.needed(["messaging", "database"]) == ["database", "messaging"]


def test_every_image_is_for_a_chart_that_is_there() -> None:
    charts = Path(__file__).parents[2] / "charts"

    assert platform_images.table().image
    for row in platform_images.table().image.values():
        assert (charts / row.chart / "Chart.yaml").exists()


def test_a_row_holds_something() -> None:
    row = {"chart": "portal", "repository": "hue-infra.internal/a", "tag": "1"}

    with pytest.raises(ValueError, match="packages or programs"):
        Row.model_validate(row)
    assert Row.model_validate(row | {"programs": ["messaging"]}).packages == ()


def test_a_row_with_an_unknown_key_is_refused() -> None:
    row = next(iter(platform_images.table().image.values())).model_dump()

    with pytest.raises(ValueError, match="pakages"):
        Row.model_validate(row | {"pakages": ["postgresql"]})


def test_other_packages_are_another_image_before_it_is_made(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole = platform_images.table()
    before = {name: platform_images.key(name) for name in whole.image}
    changed = whole.image["database"].model_copy(update={"packages": ("postgresql-16",)})
    other = whole.model_copy(update={"image": {**whole.image, "database": changed}})
    asked = kubernetes.content_key(["database"]), kubernetes.content_key(["messaging"])
    monkeypatch.setattr(platform_images, "table", lambda: other)

    after = {name: platform_images.key(name) for name in whole.image}

    assert len(set(before.values())) == len(before)
    assert {name for name in before if before[name] != after[name]} == {"database"}
    assert kubernetes.content_key(["database"]) != asked[0]
    assert kubernetes.content_key(["messaging"]) == asked[1]
