"""Which process is meant: its id and the moment it started, for ids are used again."""

from dataclasses import dataclass
from pathlib import Path

_STATE, _STARTED = 0, 19  # places in /proc/<pid>/stat after the program's name, see proc(5)


@dataclass(frozen=True, slots=True)
class Process:
    """A process of the host: id, and start in clock ticks since the host booted."""

    pid: int
    started: int

    @property
    def is_alive(self) -> bool:
        """Whether this very process runs."""
        fields = _stat(self.pid)
        return bool(fields) and int(fields[_STARTED]) == self.started and fields[_STATE] not in "ZX"

    def is_in(self, group: str) -> bool:
        """Whether it runs inside the cgroup2 *group* (told from the root of the hierarchy)."""
        try:
            lines = Path(f"/proc/{self.pid}/cgroup").read_text("utf-8").splitlines()
        except OSError:
            return False
        return any(f"{line}/".startswith(f"0::/{group}/") for line in lines)


def read(path: Path) -> Process | None:
    """The process that the file *path* names as ``pid start``, running or not."""
    try:
        pid, started = path.read_text("utf-8").split()
        return Process(int(pid), int(started))
    except (OSError, ValueError):
        return None


def of(pid: int) -> Process:
    """The process that has the id *pid* now.

    Raises:
        ProcessLookupError: There is none.
    """
    fields = _stat(pid)
    if not fields:
        raise ProcessLookupError(pid)
    return Process(pid, int(fields[_STARTED]))


def _stat(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    except OSError:
        return []
