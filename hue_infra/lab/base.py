"""The base image: one Debian root tree, built once, under every machine of every lab."""

import hashlib
import platform
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from hue_infra import places
from hue_infra.lab import locks
from hue_infra.tools import debian
from hue_infra.tools.run import stream

SUITE = "bookworm"
HERE = Path(__file__).parent
RECIPE = ("base.packages", "customise.sh")
# Nobody reads manuals in a lab machine; the licences stay.
LEFT_OUT = ("/usr/share/man/*", "/usr/share/doc/*", "/usr/share/locale/*", "/usr/share/info/*")


@dataclass(frozen=True, slots=True)
class BaseImage:
    """A finished root tree and the key of its recipe."""

    id: str
    path: Path


def packages() -> list[str]:
    """The Debian packages of the image, from ``base.packages``."""
    lines = (HERE / "base.packages").read_text("utf-8").splitlines()
    return [line for line in (line.strip() for line in lines) if line and not line.startswith("#")]


def key() -> str:
    """Name the recipe: the image's files of instruction, its suite and architecture."""
    digest = hashlib.sha256(f"{SUITE} {platform.machine()}".encode())
    for name in RECIPE:
        digest.update((HERE / name).read_bytes())
    return f"{SUITE}-{digest.hexdigest()[:12]}"


def path_of(base: str) -> Path:
    """Where the image *base* lies, finished or not."""
    return places.cache() / "base" / base


def ensure(on_line: Callable[[str], None] | None = None) -> BaseImage:
    """Return the image of today's recipe; build it when the cache has none.

    Args:
        on_line: Told each line of progress.

    Raises:
        ToolError: The image could not be built.
    """
    image = BaseImage(key(), path_of(key()))
    if image.path.is_dir():
        return image
    with locks.held(image.path.with_name(f".{image.id}.lock")):
        if not image.path.is_dir():
            _build(image, on_line or (lambda _line: None))
    return image


def _build(image: BaseImage, on_line: Callable[[str], None]) -> None:
    """Build beside the final place and rename: whoever sees an image sees a whole one."""
    half = image.path.with_name(f".{image.id}.half")
    # We hold the lock: what lies here was left by a build that was killed.
    shutil.rmtree(half, ignore_errors=True)
    try:
        stream([*_own_namespaces(), *_mmdebstrap(half)], on_line, env={"LC_ALL": "C.UTF-8"})
        half.rename(image.path)
    except BaseException:
        shutil.rmtree(half, ignore_errors=True)
        raise


def _own_namespaces() -> list[str]:
    """All that the build starts and mounts ends with it, and it ends with us."""
    return ["unshare", "--mount", "--pid", "--fork", "--kill-child=KILL", "--mount-proc"]


def _mmdebstrap(target: Path) -> list[str]:
    left_out = [f"--dpkgopt=path-exclude={pattern}" for pattern in LEFT_OUT]
    return [
        "mmdebstrap",
        "--mode=root",
        "--variant=minbase",
        f"--include={','.join(packages())}",
        '--aptopt=Acquire::Languages "none"',
        '--aptopt=APT::Install-Recommends "false"',
        "--dpkgopt=force-unsafe-io",
        *left_out,
        "--dpkgopt=path-include=/usr/share/doc/*/copyright",
        f'--customize-hook=sh "{HERE}/customise.sh" "$1"',
        SUITE,
        str(target),
        *debian.sources(SUITE, Path("/etc/apt")),
    ]
