"""One run of the engine, in a process of its own, for `engine` to time.

Prints what came of it as JSON. The provider holds nothing: what a cell is stands in the state.
"""

import argparse
import json
import shutil
import sys
from pathlib import Path

import cells

from hue_infra.engine.api import Options, Outcome, Program, StackRef
from hue_infra.engine.disk import Disk
from hue_infra.engine.embedded import EmbeddedEngine
from hue_infra.engine.provider import (
    CreateRequest,
    DeleteRequest,
    Provider,
    ReadRequest,
    State,
    UpdateRequest,
)

PARALLEL = 10
"""As many steps at a time as Terraform takes."""


class Memory(Provider):
    """Makes cells of nothing."""

    def create(self, request: CreateRequest) -> State:
        """Name the cell after itself."""
        identity = request.urn.rpartition("::")[2]
        return State("" if request.preview else identity, dict(request.inputs))

    def read(self, request: ReadRequest) -> State:
        """Find the cell as it is recorded."""
        return State(request.id, request.outputs)

    def update(self, request: UpdateRequest) -> State:
        """Hold something else."""
        return State(request.id, dict(request.inputs))

    def delete(self, request: DeleteRequest) -> None:
        """Hold nothing."""


class CountingDisk(Disk):
    """Knows how much has been written."""

    def __init__(self) -> None:
        self.appended = 0
        """Bytes of the journal."""
        self.replaced = 0
        """Bytes of whole files."""

    def append(self, handle: int, content: bytes) -> None:
        """Count, and write."""
        self.appended += len(content)
        super().append(handle, content)

    def write(self, path: Path, content: bytes) -> None:
        """Count, and write."""
        self.replaced += len(content)
        super().write(path, content)


def main() -> int:
    """Run one phase; 0 when it succeeded."""
    parser = argparse.ArgumentParser()
    parser.add_argument("phase", choices=("create", "preview", "unchanged", "changed", "destroy"))
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--shape", required=True)
    parser.add_argument("--size", required=True)
    parser.add_argument("--grpc", action="store_true")
    asked = parser.parse_args()
    changed = "true" if asked.phase in {"changed", "destroy"} else "false"
    options = Options(
        parallel=PARALLEL,
        providers={"cells": Memory},
        config={"bench:shape": asked.shape, "bench:size": asked.size, "bench:changed": changed},
    )
    disk = CountingDisk()
    engine = EmbeddedEngine(StackRef("bench", "speed", asked.folder), lambda: "benchmark", disk)
    program = _folder(asked.folder) if asked.grpc else cells.build
    outcome = _run(engine, asked.phase, options, program)
    for problem in outcome.diagnostics:
        print(problem.message, file=sys.stderr)
    told = {"changes": outcome.changes(), "appended": disk.appended, "replaced": disk.replaced}
    print(json.dumps(told))
    return 0 if outcome.ok else 1


def _run(engine: EmbeddedEngine, phase: str, options: Options, program: Program) -> Outcome:
    if phase == "preview":
        return engine.preview(program, options)
    if phase == "destroy":
        return engine.destroy(options)
    return engine.up(program, options)


def _folder(folder: Path) -> Program:
    """The same program as a project's folder, which a process of its own runs."""
    # Imported late: a run in process must not pay for it.
    from hue_infra.engine.host import folder as folders  # noqa: PLC0415
    from hue_infra.engine.host import project  # noqa: PLC0415

    (folder / "Pulumi.yaml").write_text("name: bench\nruntime: python\n")
    shutil.copy(cells.__file__, folder / "__main__.py")
    return folders.ProgramFolder(project.find(folder))


if __name__ == "__main__":
    sys.exit(main())
