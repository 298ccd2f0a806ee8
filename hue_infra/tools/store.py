"""A place for made things: each under a key of what made it, whole or not there at all."""

import fcntl
import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from hue_infra import places


def key(recipe: Mapping[str, object]) -> str:
    """The name of what *recipe* makes: 20 hexadecimal digits of its SHA-256."""
    text = json.dumps(recipe, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:20]


def sha256(path: Path) -> str:
    """The checksum of a file, in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def made(kind: str, name: str, make: Callable[[Path], None]) -> Path:
    """Return the directory *name* of *kind* in the cache; *make* fills it if it is not there.

    Two processes that want the same wait for one another; a process that is killed while it
    makes one leaves nothing that could be taken for whole.
    """
    whole = places.cache() / kind / name
    if whole.is_dir():
        return whole
    with locked(whole.parent / f"{name}.lock"):
        if whole.is_dir():
            return whole
        for left in whole.parent.glob(f"{name}.part-*"):
            shutil.rmtree(left, ignore_errors=True)
        part = Path(tempfile.mkdtemp(prefix=f"{name}.part-", dir=whole.parent))
        try:
            make(part)
            part.chmod(0o755)
            part.rename(whole)
        except BaseException:
            shutil.rmtree(part, ignore_errors=True)
            raise
    return whole


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold *path* against every other process that wants it so."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
