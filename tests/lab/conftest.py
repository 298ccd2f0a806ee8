"""A lab for each test module, and what the host looks like around it."""

import functools
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hue_infra.lab import BaseImage, Lab, LinkEnd, LinkSpec, MachineSpec, Nic, layout


@pytest.fixture(scope="session")
def image(equipped_host: None) -> BaseImage:
    return Lab(Path("/nowhere")).ensure_base()


@pytest.fixture(scope="module")
def lab(equipped_host: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    made = Lab(tmp_path_factory.mktemp("lab"))
    problems = made.preflight()
    if problems:
        pytest.skip("; ".join(problems))
    yield made
    made.destroy()


@pytest.fixture(scope="session")
def machine(image: BaseImage) -> Callable[..., MachineSpec]:
    """Spec of machine *number*, with address *number* on each of *segments* (s1, s2 …)."""
    return functools.partial(_machine, image)


def _machine(image: BaseImage, number: int, *segments: str, **others: object) -> MachineSpec:
    nics = tuple(
        Nic(
            f"eth{place}",
            segment,
            (f"10.77.{segment[1:]}.{number}/24", f"fd77:{segment[1:]}::{number}/64"),
        )
        for place, segment in enumerate(segments)
    )
    return MachineSpec(f"m{number}", f"m{number}.lab.test", image.id, nics, **others)


@pytest.fixture(scope="session")
def link() -> Callable[..., LinkSpec]:
    """Spec of a link between machines m1 and m3."""
    return _link


def _link(rate_mbps: float = 20) -> LinkSpec:
    a = LinkEnd("m1", "wan0", ("10.78.0.1/30", "fd78::1/64"))
    b = LinkEnd("m3", "wan0", ("10.78.0.2/30", "fd78::2/64"))
    return LinkSpec("m1-m3", a, b, rate_mbps)


@pytest.fixture(scope="session")
def traces() -> Callable[[Path], dict[str, list[str]]]:
    """All that the lab in a directory has on the host, by kind; kinds it has none of are absent."""
    return lambda directory: {kind: found for kind, found in _traces(directory).items() if found}


def _traces(directory: Path) -> dict[str, list[str]]:
    places = layout.at(directory)
    return {
        "namespaces": [p.name for p in layout.NETNS.glob(f"{places.group}-*")],
        "cgroups": [str(p) for p in Path("/sys/fs/cgroup").rglob(places.group)],
        "mounts": [
            line
            for line in Path("/proc/self/mountinfo").read_text().splitlines()
            if places.group in line or str(directory) in line
        ],
        "processes": [
            process.name
            for process in Path("/proc").glob("[0-9]*")
            if _command(process).find(str(directory)) >= 0
            and process.name not in (str(os.getpid()), str(os.getppid()))
        ],
        "files": [str(directory)] if directory.exists() else [],
    }


def _command(process: Path) -> str:
    try:
        return (process / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
    except OSError:
        return ""
