"""Images of platforms, of Debian packages and of programs built here.

They need no registry, and no user but an ordinary one.

The table ``platforms.toml`` says what is in each.  mmdebstrap lays the packages into a root tree;
what is not wanted in a pod, or would be otherwise in the next making, is left out on the way into
the one layer of the image.  The same packages give the same digest.
"""

import functools
import platform
import tarfile
import tomllib
from collections.abc import Callable, Iterable, Mapping
from fnmatch import fnmatchcase
from pathlib import Path

from pydantic import BaseModel, ConfigDict, model_validator

from hue_infra.tools import artefacts, debian, images, store
from hue_infra.tools.pins import HERE
from hue_infra.tools.run import stream
from hue_infra.words import say

NOBODY = 65532
"""The user and the group that every platform runs as; a row may give them a name."""
STICKY = 0o1000
# mmdebstrap leaves its mounts to its namespace, which ends with it, as it ends with us.
LEASH = ("unshare", "--mount", "--pid", "--fork", "--kill-child=KILL", "--mount-proc")

Progress = Callable[[str], None]


class Row(BaseModel):
    """One image: the chart that it is for, its names, its content, what it can do without.

    One without packages holds its programs alone, and runs the first.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    chart: str
    repository: str
    tag: str
    made: int = 1
    packages: tuple[str, ...] = ()
    programs: tuple[str, ...] = ()
    scripts: bool = True
    left_out: tuple[str, ...] = ()
    user: str = ""

    @model_validator(mode="after")
    def _holds_something(self) -> "Row":
        if not self.packages and not self.programs:
            raise ValueError("packages or programs")
        return self


class Table(BaseModel):
    """The whole table."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    suite: str
    left_out: tuple[str, ...]
    image: dict[str, Row]


@functools.cache
def table() -> Table:
    """The table, read once."""
    return Table.model_validate(tomllib.loads((HERE / "platforms.toml").read_text("utf-8")))


def needed(charts: Iterable[str]) -> list[str]:
    """The images that *charts* run, by their names in the table."""
    wanted = set(charts)
    return sorted(name for name, row in table().image.items() if row.chart in wanted)


def ensure(name: str, progress: Progress = lambda _line: None) -> images.Image:
    """The image *name*; it is made if the cache has none.

    Raises:
        ToolError: The packages could not be had, or the program not be built.
    """
    row = table().image[name]
    start = () if row.packages else (f"/usr/bin/{row.programs[0]}",)
    recipe = images.Recipe(row.repository, (row.tag,), start, f"{NOBODY}:{NOBODY}")
    programs = {name: artefacts.binary(name, progress) for name in row.programs}
    sums = {name: store.sha256(path) for name, path in programs.items()}
    made_of = {**_asked(row), "programs": sums, "machine": platform.machine()}

    def make(part: Path) -> tuple[images.Image, ...]:
        if not row.packages:
            files = {f"usr/bin/{name}": path for name, path in programs.items()}
            return images.write(part, [recipe], files, {})
        progress(say("tools.image", name=row.repository, packages=len(row.packages)))
        root = part / "root.tar"
        stream([*LEASH, *_mmdebstrap(row, root)], progress, env={"LC_ALL": "C.UTF-8"})
        made = images.write_filled(part, [recipe], lambda layer: _fill(layer, row, root, programs))
        root.unlink()
        return made

    return images.stored(made_of, [recipe], make)[0]


def key(name: str) -> str:
    """Names the image *name* by what the table asks for, without making it.

    Of the programs in it, and of what the packages hold today, it says nothing.
    """
    return store.key(_asked(table().image[name]))


def _asked(row: Row) -> dict[str, object]:
    return {
        "row": row.model_dump(mode="json"),
        "suite": table().suite,
        "left_out": table().left_out,
    }


def _fill(layer: tarfile.TarFile, row: Row, root: Path, programs: Mapping[str, Path]) -> None:
    with tarfile.open(root) as tree:
        lay(tree, layer, (*table().left_out, *row.left_out), row.user)
    for name, path in sorted(programs.items()):
        images.add_file(layer, f"usr/bin/{name}", path)


def _mmdebstrap(row: Row, target: Path) -> list[str]:
    return [
        *("mmdebstrap", "--mode=root", "--format=tar"),
        f"--variant={'essential' if row.scripts else 'extract'}",
        f"--include={','.join(row.packages)}",
        '--aptopt=Acquire::Languages "none"',
        '--aptopt=APT::Install-Recommends "false"',
        "--dpkgopt=force-unsafe-io",
        *(table().suite, str(target), *debian.sources(table().suite, Path("/etc/apt"))),
    ]


def lay(
    tree: tarfile.TarFile, layer: tarfile.TarFile, left_out: tuple[str, ...], user: str
) -> None:
    """Lay what an image is to hold of a root tree into its layer.

    Everything is root's, nothing raises rights, and nothing tells when it was made.

    Args:
        tree: The root tree.
        layer: Empty.
        left_out: Patterns of paths that stay behind; those of a directory's content leave it.
        user: Name of the system user who becomes `NOBODY`; empty when the tree has none.
    """
    for entry in tree:
        entry.name = entry.name.removeprefix("./").rstrip("/")
        if entry.name in ("", ".") or any(fnmatchcase(entry.name, one) for one in left_out):
            continue
        entry.linkname = entry.linkname.removeprefix("./") if entry.islnk() else entry.linkname
        entry.mode &= 0o777 | (STICKY if entry.isdir() else 0)
        entry.uid = entry.gid = 0
        entry.uname = entry.gname = ""
        # Python takes compiled code for stale whose source bears another date.
        entry.mtime = int(entry.mtime) if entry.name.endswith(".py") else 0
        entry.pax_headers = {}
        content = tree.extractfile(entry) if entry.isreg() else None
        if user and content and entry.name in ("etc/passwd", "etc/group"):
            images.add_text(layer, entry, _with_user(content.read().decode(), user))
        else:
            layer.addfile(entry, content)


def _with_user(text: str, user: str) -> str:
    """A line of ``/etc/passwd`` or ``/etc/group`` with `NOBODY`'s number."""
    lines = [line.split(":") for line in text.splitlines()]
    for fields in lines:
        if fields[0] == user:
            numbers = slice(2, 4) if len(fields) > 4 else slice(2, 3)  # noqa: PLR2004 - passwd's fields
            fields[numbers] = [str(NOBODY)] * len(fields[numbers])
    return "".join(":".join(fields) + "\n" for fields in lines)
