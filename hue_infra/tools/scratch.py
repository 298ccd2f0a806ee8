"""A directory for the files of one run: private to this user, and gone with the run.

What a killed run left there is removed by the next one, since it may hold secrets.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def scratch(home: Path, name: str) -> Iterator[Path]:
    """Make a directory under the stack's own one *home*; *name* tells whose it is."""
    runs = home / "runs"
    runs.mkdir(parents=True, exist_ok=True)
    _sweep(runs)
    # mkdtemp makes it 0700.
    work = Path(tempfile.mkdtemp(prefix=f"{name}-{os.getpid()}-", dir=runs))
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _sweep(runs: Path) -> None:
    for left in runs.glob("*-*-*"):
        if not Path("/proc", left.name.split("-")[1]).exists():
            shutil.rmtree(left, ignore_errors=True)
